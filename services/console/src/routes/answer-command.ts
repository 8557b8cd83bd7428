import { createHash, randomBytes } from 'node:crypto'
import { headerNames, type Parsed, streams, traceIdOf } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { HttpFault } from '@drawbridge/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Command } from '../core/command.ts'
import { wireOf } from '../core/wire.ts'
import type { RiskLogReader } from '../inbound/risk-log-reader.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { idempotencyKeyOf, logged } from './asking.ts'

/**
 * Sends a command and answers with its outcome: 200 with its event, 202 if it is not decided yet.
 * @param tagNow returns the tag of what the command changes, for requests with If-Match
 * @throws if it is invalid or refused, or if something else was changed that the request does not expect
 */
export async function answerCommand(
  parts: OperatorParts,
  parsed: Parsed<Command>,
  request: FastifyRequest,
  reply: FastifyReply,
  tagNow: (() => Promise<string>) | null = null,
): Promise<FastifyReply> {
  if (!parsed.ok) throw new HttpFault(400, 'invalid-body', parsed.reason)
  const command = parsed.value
  const expectedLastSeq = tagNow === null ? null : await readExpectedLastSeq(parts, command, request, tagNow)
  const warnings = command.warnings.length === 0 ? {} : { warnings: command.warnings }
  const traceparent = traceOf(request)
  const outcome = await parts.commander.send(command, { traceparent, key: keyOf(request, command), expectedLastSeq })
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
      throw new HttpFault(412, 'changed-meanwhile', 'it was changed in the meantime; read it again')
    default:
      return outcome satisfies never
  }
}

/** The trace of the request, or a new one: every command has a trace. */
export function traceOf(request: FastifyRequest): string {
  const given = request.headers[headerNames.traceparent]
  if (typeof given === 'string' && traceIdOf(given) !== null) return given
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`
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

/** The ETag of a value: it changes when the value does. */
export function tagOf(value: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)}"`
}

/**
 * For a request with If-Match: the last input, of any user, that changes the same thing. The command is published only if
 * no other one was stored since. Null: the request has no If-Match.
 * @throws if the tag does not match, or a change is being decided
 */
async function readExpectedLastSeq(
  { manager, reader, feed, settled }: OperatorParts,
  command: Command,
  request: FastifyRequest,
  tagNow: () => Promise<string>,
): Promise<number | null> {
  const wanted = request.headers['if-match']
  if (wanted === undefined || wanted === '*') return null
  const { byUsers, byOthers } = command.rivals
  const [byUser = 0, byOther = 0] = (
    await Promise.all([byUsers, byOthers].map((subject) => lastMessage(manager, streams.inputs, subject)))
  ).map((message) => message?.seq)
  const lastSeq = Math.max(byUser, byOther)
  const newest = await reader.last(command.log)
  const decided = Math.max(settled.upTo, newest === null ? 0 : (wireOf(newest.data)?.inputSeq ?? 0))
  if (lastSeq > 0 && lastSeq + feed.inputsOffset > decided) {
    throw new HttpFault(409, 'being-changed', `input ${lastSeq}, which also changes it, is not decided yet; try again`)
  }
  const tag = await tagNow()
  if (wanted === tag) return byUser
  throw new HttpFault(412, 'changed-meanwhile', `it was changed in the meantime: its ETag is now ${tag}; read it again`)
}
