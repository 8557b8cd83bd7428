import { createHash } from 'node:crypto'
import { streams } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { HttpFault } from '@drawbridge/service-kit'
import type { FastifyRequest } from 'fastify'
import type { Command } from '../core/command.ts'
import { wireOf } from '../core/wire.ts'
import type { OperatorParts } from '../operator-parts.ts'

/** The ETag of a value: it changes when the value does. */
export function tagOf(value: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)}"`
}

/**
 * For a request with If-Match: the last input, of any user, that changes the same thing. The command is published only if
 * no other one was stored since. Null: the request has no If-Match.
 * @param tagNow returns the tag of the current value
 * @throws if the tag does not match, or a change is being decided
 */
export async function expectedLastSeq(
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
