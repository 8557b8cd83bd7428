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
 * Where the request says by If-Match what it means to change: the last input by which any user changes the same, to be
 * expected when the command is published, so that no other user's comes between. Null: it does not say.
 * @param tagNow asked for the tag of what is there now
 * @throws where that is something else, or is just being changed
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
    throw new HttpFault(409, 'being-changed', `input ${lastSeq}, which changes it too, is not decided yet; ask again`)
  }
  const tag = await tagNow()
  if (wanted === tag) return byUser
  throw new HttpFault(412, 'changed-meanwhile', `it was changed meanwhile: its ETag is ${tag} now; read it again`)
}
