import type { Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { describe, expect, test } from 'vitest'
import { FactSchema } from '../src/documented-schemas.ts'
import type { LimitOverrides, LimitsMessage } from '../src/limits.ts'
import type { Fact } from '../src/risk-event.ts'
import { factToMessage } from '../src/risk-event-wire.ts'

/** A fact as it crosses the wire: amounts and times are text. */
type Written<T> = T extends bigint | number
  ? string
  : T extends boolean | string | null
    ? T
    : T extends readonly (infer Item)[]
      ? Written<Item>[]
      : T extends LimitOverrides
        ? LimitsMessage
        : never
type WrittenFact<F> = F extends Fact ? { -readonly [K in keyof F]: K extends 'count' ? number : Written<F[K]> } : never

/** These two do not compile where the schema says anything else than the type of facts. */
const byType = (fact: Static<typeof FactSchema>): WrittenFact<Fact> => fact
const bySchema = (fact: WrittenFact<Fact>): Static<typeof FactSchema> => fact

const at = 0
const signed = { reason: 'because', by: 'alice' }
const breach = { rule: 'max_drawdown', observedPct: 1n, limitPct: 2n } as const
/** One of each kind, and more where a field may be null. */
const facts: { readonly [K in Fact['kind']]: readonly Extract<Fact, { kind: K }>[] } = {
  'day-started': [
    { kind: 'day-started', at, equity: 1n, balance: null },
    { kind: 'day-started', at, equity: 1n, balance: -2n },
  ],
  breached: [
    { kind: 'breached', ...breach, loss: 3n, base: 4n, enforced: true, until: at },
    { kind: 'breached', ...breach, loss: 3n, base: 4n, enforced: false, until: null },
  ],
  paused: [{ kind: 'paused', until: null, reason: 'lunch', by: null }],
  resumed: [
    { kind: 'resumed', at, cause: 'time', holders: ['max_daily_loss', 'operator:ann'], reason: null, by: null },
    { kind: 'resumed', at, cause: 'enforcement-off', holders: [], ...signed },
  ],
  'hold-ended': [{ kind: 'hold-ended', at, holders: ['limit:max_drawdown'] }],
  rebased: [{ kind: 'rebased', rule: 'max_drawdown', from: 2n, to: 1n }],
  uncomputable: [
    { kind: 'uncomputable', rule: 'max_drawdown', reason: 'its floor is 0' },
    { kind: 'uncomputable', rule: 'max_drawdown', reason: null },
  ],
  'reading-unconfirmed': [{ kind: 'reading-unconfirmed', equity: 1n, balance: null }],
  'reading-confirmed': [{ kind: 'reading-confirmed', at, equity: 1n, balance: 2n }],
  'reading-dropped': [{ kind: 'reading-dropped', equity: 1n, balance: null }],
  enforcement: [{ kind: 'enforcement', at, enforced: false }],
  'out-of-order': [{ kind: 'out-of-order', at, count: 5 }],
  'peak-rebased': [{ kind: 'peak-rebased', from: 1n, to: 2n }],
  'baseline-rebased': [{ kind: 'baseline-rebased', from: 1n, to: 2n }],
  'limits-changed': [
    { kind: 'limits-changed', limits: { maxDrawdownPct: null }, previous: { maxDrawdownPct: 1n }, ...signed },
  ],
  'cash-flow': [{ kind: 'cash-flow', amount: -1n, ...signed }],
  restarted: [
    { kind: 'restarted', initialBalance: 1n, peak: null, dayStart: null, ...signed },
    { kind: 'restarted', initialBalance: null, peak: 2n, dayStart: 3n, ...signed },
  ],
  corrected: [
    { kind: 'corrected', rule: 'max_drawdown', from: 1n, to: 2n, ...signed },
    { kind: 'corrected', rule: null, from: 1n, to: null, ...signed },
  ],
  'tick-rejected': [{ kind: 'tick-rejected', reason: 'equity is missing' }],
  'run-began': [
    { kind: 'run-began', run: null },
    { kind: 'run-began', run: 'tuesday' },
  ],
  'currency-set': [{ kind: 'currency-set', currency: 'USDT' }],
  warned: [{ kind: 'warned', ...breach }],
  'feed-stale': [{ kind: 'feed-stale', since: at }],
  'feed-restored': [{ kind: 'feed-restored', since: at }],
  'session-closed': [{ kind: 'session-closed', since: at, until: at + 1 }],
  'session-opened': [
    { kind: 'session-opened', since: at },
    { kind: 'session-opened', since: null },
  ],
}

test.each(['invalid', 'late'] as const)(
  'the schema of facts takes a rejected tick that is %s, and no other cause',
  (cause) => {
    expect(faults({ kind: 'tick-rejected', reason: 'r', cause })).toEqual([])
    expect(faults({ kind: 'tick-rejected', reason: 'r', cause: 'bad' })).not.toEqual([])
  },
)

test.each(['block-entries', 'flatten'] as const)(
  'the schema of facts takes a breach that asks to %s, and no other action',
  (action) => {
    const fact = { kind: 'breached', ...breach, loss: 3n, base: 4n, enforced: true, until: at } as const
    expect(faults(factToMessage({ ...fact, action }))).toEqual([])
    expect(faults({ ...factToMessage(fact), action: 'warn' })).not.toEqual([])
  },
)

const validator = Compile(FactSchema)
const faults = (fact: unknown) => (validator.Check(fact) ? [] : validator.Errors(fact).map(({ message }) => message))

describe.each(Object.entries(facts))('the schema of facts', (kind, ofKind) => {
  test(`takes "${kind}" as it is written, and misses each of its fields`, () => {
    for (const fact of ofKind) {
      const message = factToMessage(fact)
      expect(faults(message)).toEqual([])
      expect(byType(bySchema(message as WrittenFact<Fact>))).toBe(message)
      for (const field of Object.keys(message)) {
        const { [field]: _left, ...rest } = message as Readonly<Record<string, unknown>>
        expect({ field, isFault: faults(rest).length > 0 }).toEqual({ field, isFault: true })
      }
    }
  })
})
