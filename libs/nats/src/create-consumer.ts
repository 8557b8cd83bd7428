import { jetStreamApi } from '@drawbridge/contracts'
import { type ConsumerConfig, type ConsumerInfo, JetStreamApiError } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { isConsumersUsedUp } from './errors.ts'

/** The stream cannot be read again until an operator deletes consumers. */
export class ConsumersUsedUpError extends Error {
  override readonly name = 'ConsumersUsedUpError'

  constructor(stream: string, refusal: Error) {
    super(
      `stream ${stream} is at its limit of consumers (${refusal.message}): list them with npm run drawbridge -- ` +
        'consumers, and delete unused ones with --delete',
      { cause: refusal },
    )
  }
}

type ApiError = ConstructorParameters<typeof JetStreamApiError>[0]

/**
 * Creates a consumer by a request whose subject names it and, if there is only one, its filter, so that the server can
 * permit it per user. (With several filters, the client puts the name into the body only. A user who is permitted that
 * can change any consumer of the stream, the persisters' included.)
 * @param timeout milliseconds
 * @throws {ConsumersUsedUpError} if the stream is at its limit of consumers
 * @throws {JetStreamApiError} for any other refusal of the server; connection errors pass through
 */
export async function createConsumer(
  connection: NatsConnection,
  stream: string,
  config: Partial<ConsumerConfig> & { readonly name: string },
  timeout: number,
): Promise<ConsumerInfo> {
  const { name, filter_subject: filter } = config
  const subject =
    filter === undefined || filter === '>'
      ? jetStreamApi.createConsumer(stream, name)
      : jetStreamApi.createFilteredConsumer(stream, name, filter)
  const request = JSON.stringify({ stream_name: stream, config, action: 'create' })
  const answer = (await connection.request(subject, request, { timeout })).json<ConsumerInfo & { error?: ApiError }>()
  if (answer.error === undefined) return answer
  const refusal = new JetStreamApiError(answer.error)
  throw isConsumersUsedUp(refusal) ? new ConsumersUsedUpError(stream, refusal) : refusal
}

/** The subjects that a consumer delivers. A single one is part of the subject of the request that creates it. */
export function filterOf(subjects: readonly string[]): Pick<ConsumerConfig, 'filter_subject' | 'filter_subjects'> {
  const [only] = subjects
  return subjects.length === 1 && only !== undefined ? { filter_subject: only } : { filter_subjects: [...subjects] }
}
