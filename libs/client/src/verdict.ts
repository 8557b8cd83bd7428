import {
  type Budget,
  formatAmount,
  formatInstant,
  type HoldAction,
  STANDING_CODES,
  type Standing,
  type StandingCode,
} from '@drawbridge/contracts'

/** What a trader wants to do: take new exposure, or reduce what it has. */
export type Intent = 'enter' | 'reduce'

/** Why entries are blocked by the last decision. */
const BLOCKING_CODES = STANDING_CODES.filter((code): code is Exclude<StandingCode, 'ok'> => code !== 'ok')

/**
 * Every code of a gate. The first that applies is told: the newest decision is `unknown`; what that decision says, in the
 * order of {@link STANDING_CODES}; `no-guardian` vouches for the decision; a reading of this process is `undecided`; `ok`,
 * entries are allowed.
 */
export const GATE_CODES = ['unknown', ...BLOCKING_CODES, 'no-guardian', 'undecided', 'ok'] as const
export type GateCode = (typeof GATE_CODES)[number]

/** How much may be lost yet, in decimal strings. */
export interface VerdictBudget {
  /** A loss of so much already breaks the limit; 0 or less: it is broken. */
  readonly room: string
  /** The limit whose line is nearest. */
  readonly limit: string
  /** What part of their usual size new positions may have: 0 to 1. */
  readonly factor: string
}

/** A gate's answer. */
export interface Verdict {
  readonly allowed: boolean
  /** For programs; the reason is for people. */
  readonly code: GateCode
  /** The severest that a hold asks for: `flatten` asks for the positions to be closed, too. Null: no limit holds. */
  readonly action: HoldAction | null
  /** Who holds the pause, like `limit:max_drawdown` or `operator:alice`. */
  readonly holders: readonly string[]
  /** Why not; null where allowed. */
  readonly reason: string | null
  /** When the pause may end, RFC 3339, in the trader's time; null where allowed, or where nobody can say. */
  readonly until: string | null
  /** By the last decision; null: unknown, or no limit has a line. */
  readonly budget: VerdictBudget | null
  /** Ask again after so many milliseconds: the next reading decides. Null: a decision will come by itself. */
  readonly retryAfterMs: number | null
}

/** The answer to whoever reduces exposure: always the same one, whatever is known. */
export const EXIT: Verdict = Object.freeze({
  allowed: true,
  code: 'ok',
  action: null,
  holders: Object.freeze([]),
  reason: null,
  until: null,
  budget: null,
  retryAfterMs: null,
})

/**
 * A gate does not know `confirm_jump.seconds`, and what confirms a reading is the next ones: a second is soon enough for
 * the usual five, and no burden.
 */
const RETRY_AFTER_MS = 1_000

/** The verdict of a decision. */
export function decidedVerdict(standing: Standing, budget: Budget | null): Verdict {
  const { allowed, code, action, holders, reason, until } = standing
  return Object.freeze({
    allowed,
    code,
    action,
    holders: Object.freeze([...holders]),
    reason,
    until: until === null ? null : formatInstant(until),
    budget: budgetInText(budget),
    retryAfterMs: code === 'unconfirmed' ? RETRY_AFTER_MS : null,
  })
}

/** A verdict that the gate gives without a decision. */
export function closed(code: 'unknown' | 'undecided' | 'no-guardian', reason: string): Verdict {
  return Object.freeze({ ...EXIT, allowed: false, code, reason })
}

function budgetInText(budget: Budget | null): VerdictBudget | null {
  if (budget === null) return null
  const { room, limit, factor } = budget
  return Object.freeze({ room: formatAmount(room), limit, factor: formatAmount(factor) })
}
