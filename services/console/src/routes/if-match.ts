import { createHash } from 'node:crypto'
import { streams } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { HttpFault } from '@drawbridge/service-kit'
import type { FastifyRequest } from 'fastify'
import type { LogName } from '../core/command.ts'
import { type LastRival, type Rivals, rivalInWords } from '../core/rival.ts'
import { wireOf } from '../core/wire.ts'
import type { OperatorParts } from '../operator-parts.ts'
import type { Expected } from '../outbound/commander.ts'

/** What a command changes, for requests with If-Match. */
export interface Guarded {
  readonly log: LogName
  readonly rivals: Rivals
  /** Its ETag now. */
  readonly tagNow: (last: LastRival) => string | Promise<string>
}

type Parts = Pick<OperatorParts, 'manager' | 'reader' | 'feed' | 'settled'>

/** The ETag of a value: it changes when the value does. */
export function tagOf(value: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16)}"`
}

/**
 * The ETag of what people did to a trader. Readings do not change it: else a command to a trader that trades would always be
 * too late.
 */
export function traderTag({ seq, isDecided }: LastRival): string {
  return tagOf([seq, isDecided])
}

export async function readLastRival(parts: Parts, rivals: Rivals, log: LogName): Promise<LastRival> {
  const { manager, reader, feed, settled } = parts
  const read = (subject: string) => lastMessage(manager, streams.inputs, subject)
  const [byUser = null, ...byOthers] = await Promise.all([rivals.byUsers, ...rivals.byOthers].map(read))
  const last = byOthers.reduce((a, b) => ((b?.seq ?? 0) > (a?.seq ?? 0) ? b : a), byUser)
  if (last === null) return { seq: 0, byUserSeq: 0, isDecided: true, words: null }
  const newest = await reader.last(log)
  const decided = Math.max(settled.upTo, newest === null ? 0 : (wireOf(newest.data)?.inputSeq ?? 0))
  return {
    seq: last.seq,
    byUserSeq: byUser?.seq ?? 0,
    isDecided: last.seq + feed.inputsOffset <= decided,
    words: rivalInWords(last.subject, last.data, last.time),
  }
}

/**
 * For a request with If-Match: the last input, of any user, that changes the same thing. The command is published only if
 * no other one was stored since. Null: the request has no If-Match.
 * @throws if the tag does not match, or a change is being decided
 */
export async function expectedBy(parts: Parts, guarded: Guarded, request: FastifyRequest): Promise<Expected | null> {
  const wanted = request.headers['if-match']
  if (wanted === undefined || wanted === '*') return null
  const last = await readLastRival(parts, guarded.rivals, guarded.log)
  if (!last.isDecided) {
    const words = `input ${last.seq}, which also changes it, is not decided yet (${last.words}); try again`
    throw new HttpFault(409, 'being-changed', words)
  }
  const tag = await guarded.tagNow(last)
  if (wanted === tag) return { subject: guarded.rivals.byUsers, lastSeq: last.byUserSeq }
  throw changed(last, tag)
}

/** Why a command was not stored: another one came first, after the tag was compared. */
export async function changedMeanwhile(parts: Parts, guarded: Guarded): Promise<HttpFault> {
  const last = await readLastRival(parts, guarded.rivals, guarded.log)
  return changed(last, await guarded.tagNow(last))
}

function changed({ words }: LastRival, tag: string): HttpFault {
  const what = words === null ? '' : `; the last change was: ${words}`
  const message = `it was changed in the meantime, and nothing was done${what}. Look again: its ETag is now ${tag}`
  return new HttpFault(412, 'changed-meanwhile', message)
}
