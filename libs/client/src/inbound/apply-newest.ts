import type { NewestAnswer } from '@drawbridge/nats'
import { DamagedRiskLogError } from '../risk-log-errors.ts'
import { type FollowedGate, type KnownDecision, versionDamage } from './followed-gate.ts'
import type { LogInUse } from './log-in-use.ts'
import { decodedEvent } from './newest-decisions.ts'

/** What was known when a guardian was asked, and when that was, of `performance.now()`. */
export interface Asked {
  readonly at: number
  readonly known: KnownDecision | null
}

/** To call just before a guardian is asked. */
export function askedOf({ known }: FollowedGate): Asked {
  return { at: performance.now(), known }
}

/**
 * Takes over the newest event of a gate, as a guardian tells it.
 * @throws where the answer is of another log, contradicts what was known when it was asked for, or cannot be read
 */
export function applyNewest(followed: FollowedGate, answer: NewestAnswer, asked: Asked, logInUse: LogInUse): void {
  const { log, newest } = answer
  const { trader, gate } = followed
  logInUse.expect(log)
  gate.inputsOffset(log.inputsOffset ?? 0)
  const event = newest === null ? null : decodedEvent(newest, trader)
  const damage = versionDamage(trader, asked.known, event?.state ?? null)
  if (damage !== null) throw new DamagedRiskLogError(damage)
  if (event === null || newest === null) return
  const known = followed.known?.version ?? 0
  logInUse.knows(newest.seq)
  const { kind } = followed.apply(event, newest.seq)
  if (kind === 'other-log') {
    throw new DamagedRiskLogError({ kind: 'version', trader, version: event.state.version, known })
  }
}
