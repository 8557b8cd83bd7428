import Type, { type TProperties } from 'typebox'
import { FlagsEventSchema, LimitsEventSchema } from './config-event-wire.ts'
import {
  CashFlowSchema,
  CorrectSchema,
  FlagsSchema,
  GlobalLimitsSchema,
  PauseSchema,
  RestartSchema,
  ResumeSchema,
  TraderLimitsSchema,
} from './control.ts'
import { HeartbeatSchema } from './guardian-messages.ts'
import { LATER_LIMITS, LIMITS } from './limits.ts'
import { DocumentedLimitFields } from './limits-schema.ts'
import { RemovedEventSchema, SettledEventSchema } from './log-events.ts'
import { REJECTION_CAUSES } from './risk-event.ts'
import { RiskEventSchema } from './risk-event-wire.ts'
import { action, amount, count, holder, instant, nullable, rule } from './schema-fields.ts'
import { StateSchema } from './state-wire.ts'
import { TRADER_ID_PATTERN } from './subjects.ts'
import { TickSchema } from './tick-schema.ts'
import { runName } from './tick-sequence-wire.ts'

const reason = Type.String({ description: 'words' })
const wordsOrNull = nullable(Type.String(), 'a text or null')
const author = {
  by: nullable(Type.String(), 'the author: a user of NATS, the name of a token, or unverified:<claim>; or null'),
  onBehalfOf: Type.Optional(Type.String({ description: 'on whose behalf, as the author says' })),
}
const amountOrNull = nullable(amount, 'a decimal string or null')
const timeOrNull = nullable(instant, 'a time or null')
const reading = { equity: amount, balance: nullable(amount, 'a decimal string or null') }
/** Limits in an event: a later version may add limits that are unknown here. */
const EventLimitsSchema = Type.Object(DocumentedLimitFields, { $id: 'EventLimits', description: 'limits by name' })

/** The `kind` of a fact selects its shape. */
const fact = <const K extends string, P extends TProperties>(kind: K, description: string, fields: P) =>
  Type.Object({ kind: Type.Literal(kind), ...fields }, { description })

/**
 * The wire form of every fact, its fields in that order, for documents and tests, and for facts that are made of a row.
 * Readers of events check only `kind`, because they must read the facts of any version, and because each check costs time
 * on the hot path.
 */
export const FactSchema = Type.Union(
  [
    fact('day-started', 'A trading day began, with this baseline', { at: instant, ...reading }),
    fact('breached', 'A limit was reached, or a severer tier of it. Percentages are truncated to 8 decimals', {
      rule,
      /** Absent in events of rules before version 6. */
      action: Type.Optional(action),
      observedPct: amount,
      limitPct: amount,
      loss: amount,
      base: amount,
      enforced: Type.Boolean({ description: 'false while enforcement is off: recorded, not enforced' }),
      until: nullable(
        instant,
        'when the pause may end as far as this rule is concerned; null: manual, or not enforced',
      ),
    }),
    fact('paused', 'An operator paused the trader', { until: timeOrNull, reason, ...author }),
    fact('resumed', 'A pause ended, or a part of it', {
      at: instant,
      cause: Type.Union([Type.Literal('time'), Type.Literal('operator'), Type.Literal('enforcement-off')]),
      holders: Type.Array(holder),
      reason: wordsOrNull,
      firm: Type.Optional(Type.Literal(true, { description: 'an admin ended a firm hold before its time' })),
      ...author,
    }),
    fact('hold-ended', 'Time ended some holds of a pause that goes on', { at: instant, holders: Type.Array(holder) }),
    fact('rebased', 'A limit is measured from another value, which forgives a loss', {
      rule,
      from: amount,
      to: amount,
    }),
    fact('peak-rebased', 'The equity from which the drawdown is measured changed', { from: amount, to: amount }),
    fact('baseline-rebased', "The equity from which the day's loss is measured changed", { from: amount, to: amount }),
    fact('uncomputable', 'A limit cannot be computed and blocks entries; with null it can again', {
      rule,
      reason: wordsOrNull,
    }),
    fact(
      'reading-unconfirmed',
      'A reading differs too much from the last confirmed one, and waits for others',
      reading,
    ),
    fact('reading-confirmed', 'Others agreed with a reading, or nothing contradicted it for long enough', {
      at: instant,
      ...reading,
    }),
    fact('reading-dropped', 'A later reading contradicted one that waited', reading),
    fact('enforcement', 'Enforcement was switched: the holds of the pause block nothing, or block again', {
      at: instant,
      enforced: Type.Boolean(),
    }),
    fact('out-of-order', 'Late or repeated ticks came so often or so long that entries wait', {
      at: instant,
      count,
    }),
    fact('limits-changed', "An operator changed the trader's own limits", {
      limits: EventLimitsSchema,
      previous: EventLimitsSchema,
      /** Changes that loosen limits, pending until then. */
      pending: Type.Optional(EventLimitsSchema),
      inForceAt: Type.Optional(instant),
      reason: wordsOrNull,
      ...author,
    }),
    fact('cash-flow', 'A deposit, or a withdrawal if negative', { amount, reason: wordsOrNull, ...author }),
    fact('restarted', 'An operator began a new account period: references, holds and counts start again', {
      initialBalance: amountOrNull,
      peak: amountOrNull,
      dayStart: amountOrNull,
      reason,
      ...author,
    }),
    fact('corrected', 'An operator set what a limit is measured from, or voided the last reading', {
      rule: nullable(rule, 'the name of a limit; null: a reading was voided'),
      from: amountOrNull,
      to: amountOrNull,
      reason,
      ...author,
    }),
    fact('tick-rejected', 'A tick that could not be used', {
      reason,
      /** Absent in events of rules before version 6. */
      cause: Type.Optional(
        Type.Enum([...REJECTION_CAUSES], {
          description: 'invalid: rejected for what it says; late: out of order, or sent for a second time',
        }),
      ),
    }),
    fact('run-began', 'The bot counts its ticks in another run; those of earlier runs are late', { run: runName }),
    fact('currency-set', 'A tick named the currency for the first time; ticks of another one are rejected', {
      currency: Type.String({ description: 'as the bot writes it' }),
    }),
    fact('warned', 'A loss is near its limit', { rule, observedPct: amount, limitPct: amount }),
    fact('feed-stale', 'No tick was accepted for too long', { since: instant }),
    fact('feed-restored', 'A tick was accepted again', { since: instant }),
    fact('session-closed', 'The market closed, and that blocks entries', { since: instant, until: instant }),
    fact('session-opened', 'The market is open, or settings say no more that it blocks entries', { since: timeOrNull }),
  ],
  { $id: 'Fact', description: 'one thing that happened; its kind selects the shape' },
)

const traderId = Type.String({ pattern: TRADER_ID_PATTERN })
const limitsByTrader = (limits: Parameters<typeof Type.Record>[1]) =>
  Type.Record(traderId, limits, { description: 'limits by trader id' })

/** All limits; one that older guardians do not know is omitted while it has its value from before. */
const DefaultsSchema = Type.Object({
  ...Type.Required(Type.Object(DocumentedLimitFields)).properties,
  ...Object.fromEntries(LATER_LIMITS.map((key) => [LIMITS[key].name, DocumentedLimitFields[LIMITS[key].name]])),
})

/** Limits as people write them. */
export const DocumentedLimits = Type.Object(DocumentedLimitFields, { $id: 'Limits', additionalProperties: false })

/**
 * Every payload by its name, for the documents. Parts that the checks of the hot path leave open, because other code reads
 * them, are complete here. A part with an `$id` is a separate schema.
 */
export const documentedSchemas = {
  Tick: TickSchema,
  Pause: PauseSchema,
  Resume: ResumeSchema,
  TraderLimits: Type.Object(
    { ...TraderLimitsSchema.properties, ...DocumentedLimitFields },
    { $id: 'TraderLimits', additionalProperties: false },
  ),
  CashFlow: CashFlowSchema,
  Restart: RestartSchema,
  Correct: CorrectSchema,
  GlobalLimits: Type.Object(
    {
      ...GlobalLimitsSchema.properties,
      ...DocumentedLimitFields,
      traders: Type.Optional(limitsByTrader(DocumentedLimits)),
    },
    { additionalProperties: false },
  ),
  Flags: FlagsSchema,
  RiskEvent: Type.Object({
    ...RiskEventSchema.properties,
    facts: Type.Array(FactSchema, { description: 'everything that the input caused, in order' }),
    state: Type.Object(
      {
        ...StateSchema.properties,
        limits: Type.Optional(nullable(EventLimitsSchema, "the trader's own limits, or null")),
        pendingLimits: Type.Optional(
          Type.Array(Type.Object({ at: Type.String(), limits: EventLimitsSchema }), {
            description: 'pending changes that loosen them, in order of time',
          }),
        ),
      },
      { $id: 'TraderState', description: 'the complete state after the event' },
    ),
  }),
  FlagsEvent: FlagsEventSchema,
  LimitsEvent: Type.Object({
    ...LimitsEventSchema.properties,
    defaults: DefaultsSchema,
    traders: limitsByTrader(EventLimitsSchema),
    pending: Type.Optional(
      Type.Array(
        Type.Object({ at: Type.String(), defaults: EventLimitsSchema, traders: limitsByTrader(EventLimitsSchema) }),
        { description: 'pending changes that loosen limits, in order of time' },
      ),
    ),
    previous: Type.Optional(
      Type.Object(
        {
          defaults: EventLimitsSchema,
          traders: limitsByTrader(EventLimitsSchema),
          max_traders: Type.Optional(Type.Integer({ minimum: 1 })),
        },
        { description: 'previous values of the limits that the input names' },
      ),
    ),
  }),
  SettledEvent: SettledEventSchema,
  RemovedEvent: RemovedEventSchema,
  Heartbeat: HeartbeatSchema,
} as const
export type DocumentedName = keyof typeof documentedSchemas
