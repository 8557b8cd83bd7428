import { createHash } from 'node:crypto'
import { headerNames, type Parsed, traceIdOf } from '@drawbridge/contracts'
import { HttpFault, newTraceparent } from '@drawbridge/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Command } from '../core/command.ts'
import { wireOf } from '../core/wire.ts'
import type { RiskLogReader } from '../inbound/risk-log-reader.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { idempotencyKeyOf, logged } from './asking.ts'
import { changedMeanwhile, expectedBy, type Guarded } from './if-match.ts'

/**
 * Sends a command and answers with its outcome: 200 with its event, 202 if it is not decided yet.
 * @param guarded what a request with If-Match expects that nobody has changed
 * @throws if it is invalid or refused, or if something else was changed that the request does not expect
 */
export async function answerCommand(
  parts: OperatorParts,
  parsed: Parsed<Command>,
  request: FastifyRequest,
  reply: FastifyReply,
  guarded: Guarded,
): Promise<FastifyReply> {
  if (!parsed.ok) throw new HttpFault(400, 'invalid-body', parsed.reason)
  const command = parsed.value
  const expected = await expectedBy(parts, guarded, request)
  const warnings = command.warnings.length === 0 ? {} : { warnings: command.warnings }
  const traceparent = traceOf(request)
  const outcome = await parts.commander.send(command, { traceparent, key: keyOf(request, command), expected })
  switch (outcome.kind) {
    case 'stored': {
      const previous = command.fact === null ? await previousOf(command, outcome.inputSeq, parts.reader) : {}
      return reply.send({ input: outcome.inputSeq, ...logged(outcome.event), ...previous, ...warnings })
    }
    case 'refused':
      throw new HttpFault(409, 'refused', outcome.reason)
    case 'pending':
      return reply.code(202).send({
        input: outcome.inputSeq,
        seq: null,
        traceId: traceIdOf(traceparent),
        event: null,
        ...warnings,
      })
    case 'conflict':
      throw await changedMeanwhile(parts, guarded)
    default:
      return outcome satisfies never
  }
}

/** The trace of the request, or a new one: every command has a trace. */
export function traceOf(request: FastifyRequest): string {
  const given = request.headers[headerNames.traceparent]
  if (typeof given === 'string' && traceIdOf(given) !== null) return given
  return newTraceparent()
}

/** The key by which equal commands count as one. Null: none was sent. */
export function keyOf(request: FastifyRequest, command: Command): string | null {
  const key = idempotencyKeyOf(request)
  if (key === null) return null
  const content = createHash('sha256').update(command.subject).update('\n').update(command.payload)
  return `${key}:${content.digest('hex').slice(0, 32)}`
}

/** The previous configuration, complete, from its event. */
async function previousOf({ log }: Command, inputSeq: number, reader: RiskLogReader) {
  const found = await reader.first(log, (event) => event.inputSeq >= inputSeq)
  const before = found === null ? null : await reader.before(log, found)
  return { previous: before === null ? null : wireOf(before.data) }
}
