import { traceIdOf } from '@drawbridge/contracts'
import { HttpFault } from '@drawbridge/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Command } from '../core/command.ts'
import type { Commander } from '../outbound/commander.ts'
import { keyOf, traceOf } from './asking.ts'
import { logged } from './logged.ts'

/**
 * Sends a command and answers what comes of it: 200 with its event, 202 where it is not decided yet.
 * @throws where it is refused, and where the last input on its subject is not the one expected (null: any)
 */
export async function answerCommand(
  commander: Commander,
  command: Command,
  request: FastifyRequest,
  reply: FastifyReply,
  expectedLastSeq: number | null = null,
): Promise<FastifyReply> {
  const traceparent = traceOf(request)
  const outcome = await commander.send(command, { traceparent, key: keyOf(request, command), expectedLastSeq })
  switch (outcome.kind) {
    case 'stored':
      return reply.send({ input: outcome.inputSeq, ...logged(outcome.event) })
    case 'refused':
      throw new HttpFault(409, 'refused', outcome.reason)
    case 'pending':
      return reply.code(202).send({ input: outcome.inputSeq, seq: null, traceId: traceIdOf(traceparent), event: null })
    case 'conflict':
      throw new HttpFault(412, 'changed-meanwhile', 'it was changed meanwhile; read it again')
    default:
      return outcome satisfies never
  }
}
