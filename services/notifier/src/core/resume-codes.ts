import type { Instant, Pause, TraderId } from '@drawbridge/contracts'

/** Lets one person end one pause, once. */
export interface ResumeCode {
  /** The numeric id of the person. */
  readonly user: number
  readonly trader: TraderId
  readonly code: string
  /** Which pause, by {@link pauseId}. */
  readonly pause: string
  readonly until: Instant
  /** How many wrong codes are left to try. */
  readonly triesLeft: number
}

/** The codes that can be used, and who asked for one lately. */
export interface ResumeCodes {
  readonly open: readonly ResumeCode[]
  readonly asked: readonly { readonly user: number; readonly at: Instant }[]
}

export const NO_CODES: ResumeCodes = { open: [], asked: [] }
export const CODE_LASTS_MS = 120_000
const TRIES = 3
/** So many codes one person gets within a time. */
const ASKED_MAX = 5
const ASKED_WITHIN_MS = 600_000

/** A pause as it is now: any hold that is added, ends or changes makes it another one. */
export function pauseId({ holds }: Pick<Pause, 'holds'>): string {
  return JSON.stringify(holds.map(({ holder, at, until, firmUntil }) => [holder, at, until, firmUntil]))
}

export interface Asked {
  readonly user: number
  readonly trader: TraderId
  readonly pause: string
  /** A fresh one, which nobody can guess. */
  readonly code: string
  readonly now: Instant
}

/** Gives a code, which takes the place of an earlier one. Null: the person has asked too often. */
export function giveCode({ open, asked }: ResumeCodes, { user, trader, pause, code, now }: Asked): ResumeCodes | null {
  const lately = asked.filter(({ at }) => at > now - ASKED_WITHIN_MS)
  if (lately.filter((one) => one.user === user).length >= ASKED_MAX) return null
  const others = open.filter((one) => one.until > now && !(one.user === user && one.trader === trader))
  const given = { user, trader, code, pause, until: now + CODE_LASTS_MS, triesLeft: TRIES }
  return { open: [...others, given], asked: [...lately, { user, at: now }] }
}

export type Redeemed =
  | { readonly kind: 'good'; readonly pause: string }
  | { readonly kind: 'wrong'; readonly triesLeft: number }
  /** None was given to this person for this trader, or its time is over, or it was used. */
  | { readonly kind: 'none' }

export interface Tried {
  readonly user: number
  readonly trader: TraderId
  readonly code: string
  readonly now: Instant
}

/** Uses a code. A good one is used up, and so is one after three wrong tries. */
export function redeem(
  { open, asked }: ResumeCodes,
  { user, trader, code, now }: Tried,
): { readonly codes: ResumeCodes; readonly redeemed: Redeemed } {
  const found = open.find((one) => one.user === user && one.trader === trader && one.until > now)
  const others = open.filter((one) => one !== found)
  if (found === undefined) return { codes: { open, asked }, redeemed: { kind: 'none' } }
  if (found.code === code) return { codes: { open: others, asked }, redeemed: { kind: 'good', pause: found.pause } }
  const triesLeft = found.triesLeft - 1
  const kept = triesLeft === 0 ? others : [...others, { ...found, triesLeft }]
  return { codes: { open: kept, asked }, redeemed: { kind: 'wrong', triesLeft } }
}
