import { jetStreamApi } from '@drawbridge/contracts'
import { type ConsumerConfig, type ConsumerInfo, JetStreamApiError } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { isConsumersUsedUp } from './api-errors.ts'

/** Nobody can read the stream anew before an operator has made room. */
export class ConsumersUsedUpError extends Error {
  override readonly name = 'ConsumersUsedUpError'

  constructor(stream: string, refusal: Error) {
    super(
      `stream ${stream} has as many consumers as it may have (${refusal.message}): list them with npm run drawbridge -- ` +
        'consumers, and delete those that nobody needs with --delete',
      { cause: refusal },
    )
  }
}

type ApiError = ConstructorParameters<typeof JetStreamApiError>[0]

/**
 * Makes a consumer by a request whose subject names it, and its filter where that is one, so that the server can permit it
 * to some and not to others. (The client's own way leaves the name to the body where there are several filters. Who may do
 * so can change any consumer of the stream: the persisters' one, too.)
 * @param timeout milliseconds
 * @throws {ConsumersUsedUpError} where the stream has room for no more
 * @throws {JetStreamApiError} what else the server refuses, and whatever the way to it refuses
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

/** Of which subjects a consumer brings messages. A single one stands in the subject of the request that makes it. */
export function filterOf(subjects: readonly string[]): Pick<ConsumerConfig, 'filter_subject' | 'filter_subjects'> {
  const [only] = subjects
  return subjects.length === 1 && only !== undefined ? { filter_subject: only } : { filter_subjects: [...subjects] }
}
