import type { Failure } from '../../../core/failure.ts'
import { isFailure } from '../../../core/failure.ts'
import type { FlattenAnswer } from '../../../port.ts'
import { failureOfCcxt } from '../process/failure-of-ccxt.ts'
import { times } from './decimal.ts'
import type { Ask } from './exchange-line.ts'

/** A call that closes or cancels; a failure: it says success, and did not do it. Throws ccxt's errors. */
export type Step = () => Promise<Failure | null>

/** What is open in one part of an account, as its positions or its orders are. */
export interface Open {
  readonly kind: 'open'
  readonly count: number
  readonly steps: readonly Step[]
  /** One of them could not be read, or could not all be listed; the others are closed all the same. */
  readonly failure?: Failure
}

/**
 * Looks at each part of an account in turn, and closes what is open there. What cannot be looked at or closed keeps
 * nothing else open; only an exchange that asks for patience is left alone at once.
 * @returns flat only where every part was looked at, and nothing was open
 * @throws the first error of ccxt, after all was tried
 */
export async function flattenParts(looks: readonly (() => Promise<Open | Failure>)[]): Promise<FlattenAnswer> {
  const outcome: Outcome = { first: null, mustWait: false }
  let open = 0
  for (const look of looks) {
    if (outcome.mustWait) break
    const found = await tried(look, outcome)
    if (found === null || isFailure(found)) continue
    open += found.count
    if (found.failure !== undefined) outcome.first ??= { failure: found.failure }
    for (const step of found.steps) {
      if (outcome.mustWait) break
      await tried(step, outcome)
    }
  }
  if (outcome.first !== null && 'error' in outcome.first) throw outcome.first.error
  if (outcome.first !== null) return outcome.first.failure
  return open === 0 ? { kind: 'flat' } : { kind: 'closing', open }
}

interface Outcome {
  first: { readonly error: unknown } | { readonly failure: Failure } | null
  mustWait: boolean
}

async function tried<T extends { readonly kind: string } | null>(call: () => Promise<T>, outcome: Outcome) {
  try {
    const answer = await call()
    if (answer !== null && isFailure(answer)) outcome.first ??= { failure: answer as Failure }
    return answer
  } catch (error) {
    outcome.mustWait = failureOfCcxt(error, null, 0).kind === 'rate-limited'
    // How long to wait is in the headers of the newest answer.
    outcome.first = outcome.mustWait ? { error } : (outcome.first ?? { error })
    return null
  }
}

/** What a list says: each entry becomes a step, or is a failure if it cannot be read; null: it is nothing that is open. */
export function openIn(listed: readonly unknown[], stepOf: (one: unknown) => Step | Failure | null): Open {
  const read = listed.map(stepOf).filter((one) => one !== null)
  const steps = read.filter((one) => typeof one === 'function')
  const failure = read.find((one) => typeof one !== 'function')
  return { kind: 'open', count: read.length, steps, ...(failure === undefined ? {} : { failure }) }
}

/** A step whose answer says nothing that its status does not. */
export function step(ask: Ask, method: string, params: object): Step {
  return async () => {
    await ask(method, params)
    return null
  }
}

export const unusable = (reason: string): Failure => ({ kind: 'unusable', reason })

export interface Size {
  /** Without its sign. */
  readonly amount: string
  readonly isShort: boolean
  readonly isEmpty: boolean
}

/** The size of a position, in text or as a number; null: it cannot be read. */
export function sizeOf(value: unknown): Size | null {
  const written = times(value, '1')
  if (written === null) return null
  const isShort = written.startsWith('-')
  return { amount: isShort ? written.slice(1) : written, isShort, isEmpty: /^-?[0.]*$/.test(written) }
}

/** @param pageOf its entries, and where the next page begins; null: this was the last one */
export async function allPages<Cursor>(
  pageOf: (
    cursor: Cursor | null,
  ) => Promise<{ readonly entries: readonly unknown[]; readonly next: Cursor | null } | Failure>,
): Promise<readonly unknown[] | Failure> {
  const all: unknown[] = []
  let cursor: Cursor | null = null
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await pageOf(cursor)
    if ('kind' in answer) return answer
    all.push(...answer.entries)
    // A cursor that stands still would be asked for without end.
    if (answer.next === null || answer.next === cursor || answer.entries.length === 0) return all
    cursor = answer.next
  }
  return unusable(`its list has more than ${PAGES_MAX} pages`)
}

const PAGES_MAX = 25
