import Type from 'typebox'
import { FlagsEventSchema, LimitsEventSchema } from './config-event.ts'
import {
  CashFlowSchema,
  FlagsSchema,
  GlobalLimitsSchema,
  PauseSchema,
  ResumeSchema,
  TraderLimitsSchema,
} from './control.ts'
import { EventLimitsSchema, FactSchema } from './fact-schema.ts'
import { HeartbeatSchema } from './heartbeat.ts'
import { LimitFields, LimitsSchema } from './limits.ts'
import { RemovedEventSchema } from './removed-event.ts'
import { nullable, RiskEventSchema, StateSchema } from './risk-event-wire.ts'
import { SettledEventSchema } from './settled-event.ts'
import { TickSchema } from './tick.ts'
import { TRADER_ID_PATTERN } from './trader-id.ts'

const traderId = Type.String({ pattern: TRADER_ID_PATTERN })
const limitsByTrader = (limits: Parameters<typeof Type.Record>[1]) =>
  Type.Record(traderId, limits, { description: 'limits by trader id' })

/** All limits; one that older guardians do not know is omitted while it has its default. */
const DefaultsSchema = Type.Object({
  ...Type.Required(Type.Object(LimitFields)).properties,
  loosen_after_minutes: LimitFields.loosen_after_minutes,
})

/**
 * Every payload by its name, for the documents. Parts that the checks of the hot path leave open, because other code reads
 * them, are complete here. A part with an `$id` is a separate schema.
 */
export const documentedSchemas = {
  Tick: TickSchema,
  Pause: PauseSchema,
  Resume: ResumeSchema,
  TraderLimits: TraderLimitsSchema,
  CashFlow: CashFlowSchema,
  GlobalLimits: Type.Object(
    {
      ...GlobalLimitsSchema.properties,
      traders: Type.Optional(limitsByTrader(LimitsSchema)),
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
        limits: nullable(EventLimitsSchema, "the trader's own limits, or null"),
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
