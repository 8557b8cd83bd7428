import Type, { type TProperties } from 'typebox'
import { LimitFields } from './limits.ts'
import { amount, holder, instant, nullable, rule } from './risk-event-wire.ts'

const words = Type.String({ description: 'words' })
const wordsOrNull = nullable(Type.String(), 'words or null')
const author = {
  by: nullable(Type.String(), 'who it was: a user of NATS, the name of a token, or unverified:<claim>; or null'),
  onBehalfOf: Type.Optional(Type.String({ description: 'for whom, as the author says' })),
}
const timeOrNull = nullable(instant, 'a time or null')
/** Limits in an event: a later version may have more of them than are known here. */
export const EventLimitsSchema = Type.Object(LimitFields, { $id: 'EventLimits', description: 'limits by name' })

/** A fact is told apart from others by its `kind`. */
const fact = <const K extends string, P extends TProperties>(kind: K, description: string, fields: P) =>
  Type.Object({ kind: Type.Literal(kind), ...fields }, { description })

/**
 * Every fact as it crosses the wire, its fields in that order, for documents and tests and for facts that are made of a row.
 * What reads events checks `kind` alone, because it must read the facts of any version, and because the hot path pays for
 * each check.
 */
export const FactSchema = Type.Union(
  [
    fact('day-started', 'A trading day began: its baseline', {
      at: instant,
      equity: amount,
      balance: nullable(amount, 'a decimal string or null'),
    }),
    fact('breached', 'A limit was reached. Percentages are cut to 8 decimals', {
      rule,
      observedPct: amount,
      limitPct: amount,
      loss: amount,
      base: amount,
      enforced: Type.Boolean({ description: 'false while enforcement is off: recorded, not obeyed' }),
      until: nullable(instant, 'when this rule lets the pause end; null: manual, or not enforced'),
    }),
    fact('paused', 'An operator paused the trader', { until: timeOrNull, reason: words, ...author }),
    fact('resumed', 'A pause ended, or a part of it', {
      at: instant,
      cause: Type.Union([Type.Literal('time'), Type.Literal('operator'), Type.Literal('enforcement-off')]),
      holders: Type.Array(holder),
      reason: wordsOrNull,
      ...author,
    }),
    fact('peak-rebased', 'The drawdown is measured from another equity', { from: amount, to: amount }),
    fact('baseline-rebased', "The day's loss is measured from another equity", { from: amount, to: amount }),
    fact('limits-changed', "An operator changed the trader's own limits", {
      limits: EventLimitsSchema,
      previous: EventLimitsSchema,
      /** What loosens, and waits until then. */
      pending: Type.Optional(EventLimitsSchema),
      inForceAt: Type.Optional(instant),
      reason: wordsOrNull,
      ...author,
    }),
    fact('cash-flow', 'A deposit, or where negative a withdrawal', { amount, reason: wordsOrNull, ...author }),
    fact('tick-rejected', 'A tick that could not be used', { reason: words }),
    fact('warned', 'A limit is near', { rule, observedPct: amount, limitPct: amount }),
    fact('feed-stale', 'No accepted tick came for too long', { since: instant }),
    fact('feed-restored', 'An accepted tick came again', { since: instant }),
  ],
  { $id: 'Fact', description: 'one thing that happened, told apart by its kind' },
)
