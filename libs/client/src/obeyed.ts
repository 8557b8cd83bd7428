import { parseAmount, type TraderId } from '@drawbridge/contracts'
import type { Verdict, VerdictBudget } from './verdict.ts'

/** A gate that others obey. */
interface ObeyedGate {
  readonly trader: TraderId
  canTrade(): Verdict
}

/** What one of them says now. */
interface Said {
  readonly trader: TraderId
  readonly verdict: Verdict
}

/** The gates that one obeys. */
export class Obeyed {
  readonly #gates: readonly ObeyedGate[]
  /** What they said last, and what followed from that: the same answers give the same object, so that none is made. */
  readonly #said: (Verdict | null)[]
  #own: Verdict | null = null
  #together: Verdict | null = null

  constructor(gates: readonly ObeyedGate[]) {
    this.#gates = gates
    this.#said = gates.map(() => null)
  }

  /** The answer of a gate that says so for itself. */
  with(own: Verdict): Verdict {
    let isSame = own === this.#own
    for (let index = 0; index < this.#gates.length; index += 1) {
      const verdict = this.#gates[index]?.canTrade() ?? null
      if (verdict === this.#said[index]) continue
      this.#said[index] = verdict
      isSame = false
    }
    if (!isSame || this.#together === null) {
      this.#own = own
      this.#together = together(own, this.#all)
    }
    return this.#together
  }

  get #all(): readonly Said[] {
    return this.#gates.flatMap(({ trader }, index) => {
      const verdict = this.#said[index] ?? null
      return verdict === null ? [] : [{ trader, verdict }]
    })
  }
}

/**
 * The answer of a gate together with those that it obeys. It allows what all allow. `code` and `retryAfterMs` are those of
 * the first that blocks, the gate itself first, then in the order in which the others are named; the reason has all of
 * them, each after the name of its trader; `action` and `until` are the severest, and `holders` all.
 */
export function together(own: Verdict, obeyed: readonly Said[]): Verdict {
  const budget = nearest(own.budget, obeyed)
  const blocking = obeyed.filter(({ verdict }) => !verdict.allowed)
  const all = own.allowed ? blocking.map(({ verdict }) => verdict) : [own, ...blocking.map(({ verdict }) => verdict)]
  const [first] = all
  if (first === undefined) return budget === own.budget ? own : Object.freeze({ ...own, budget })
  const reasons = blocking.map(({ trader, verdict }) => `${trader}: ${verdict.reason}`)
  return Object.freeze({
    allowed: false,
    code: first.code,
    action: all.some(({ action }) => action === 'flatten') ? 'flatten' : (all.find(hasAction)?.action ?? null),
    holders: Object.freeze([...new Set(all.flatMap(({ holders }) => holders))]),
    reason: (own.allowed ? reasons : [own.reason, ...reasons]).join('; '),
    until: latest(all),
    budget,
    retryAfterMs: first.retryAfterMs,
  })
}

function hasAction({ action }: Verdict): boolean {
  return action !== null
}

/** Null: nobody can say of one of them. RFC 3339 in UTC orders as text. */
function latest(all: readonly Verdict[]): string | null {
  let end: string | null = null
  for (const { until } of all) {
    if (until === null) return null
    if (end === null || until > end) end = until
  }
  return end
}

/** The budget with the least room and the smallest factor; the limit of another trader has its name before it. */
function nearest(own: VerdictBudget | null, obeyed: readonly Said[]): VerdictBudget | null {
  let budget = own
  for (const { trader, verdict } of obeyed) {
    const other = verdict.budget
    if (other === null) continue
    const named = { ...other, limit: `${trader}/${other.limit}` }
    if (budget === null) budget = named
    else if (isBelow(other.room, budget.room)) budget = { ...named, factor: least(budget.factor, other.factor) }
    else if (isBelow(other.factor, budget.factor)) budget = { ...budget, factor: other.factor }
  }
  return budget === own ? own : Object.freeze(budget)
}

function least(one: string, other: string): string {
  return isBelow(one, other) ? one : other
}

function isBelow(one: string, other: string): boolean {
  const [left, right] = [parseAmount(one), parseAmount(other)]
  return left.ok && right.ok && left.value < right.value
}
