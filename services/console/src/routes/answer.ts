import { traceIdOf } from '@drawbridge/contracts'
import { HttpFault } from '@drawbridge/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Command } from '../core/command.ts'
import { wireOf } from '../core/wire.ts'
import type { RiskLogReader } from '../inbound/risk-log-reader.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { keyOf, traceOf } from './asking.ts'
import { logged } from './logged.ts'

/**
 * Sends a command and answers with its outcome: 200 with its event, 202 if it is not decided yet.
 * @throws if it is refused, or if the last input on its subject is not the expected one (null: any)
 */
export async function answerCommand(
  { commander, reader }: Pick<OperatorParts, 'commander' | 'reader'>,
  command: Command,
  request: FastifyRequest,
  reply: FastifyReply,
  expectedLastSeq: number | null = null,
): Promise<FastifyReply> {
  const traceparent = traceOf(request)
  const outcome = await commander.send(command, { traceparent, key: keyOf(request, command), expectedLastSeq })
  switch (outcome.kind) {
    case 'stored': {
      const previous = command.fact === null ? await previousOf(command, outcome.inputSeq, reader) : {}
      return reply.send({ input: outcome.inputSeq, ...logged(outcome.event), ...previous })
    }
    case 'refused':
      throw new HttpFault(409, 'refused', outcome.reason)
    case 'pending':
      return reply.code(202).send({ input: outcome.inputSeq, seq: null, traceId: traceIdOf(traceparent), event: null })
    case 'conflict':
      throw new HttpFault(412, 'changed-meanwhile', 'it was changed in the meantime; read it again')
    default:
      return outcome satisfies never
  }
}

/** The previous configuration, complete, from its event. */
async function previousOf({ log }: Command, inputSeq: number, reader: RiskLogReader) {
  const found = await reader.first(log, (event) => event.inputSeq >= inputSeq)
  const before = found === null ? null : await reader.before(log, found)
  return { previous: before === null ? null : wireOf(before.data) }
}
