import Type from 'typebox'
import { CLOSED_TRADES_MAX } from './closed-trades.ts'
import { count, instant, nullable } from './schema-fields.ts'
import { CURRENCY_PATTERN, NAME_LENGTH_MAX } from './tick-fields.ts'

const amountWords = 'a number or a decimal string'
const AmountField = Type.Union([Type.Number(), Type.String()], { description: amountWords })
const OptionalAmount = Type.Optional(
  Type.Union([Type.Number(), Type.String(), Type.Null()], { description: `${amountWords}, or null` }),
)
const ClosedTradeSchema = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: NAME_LENGTH_MAX, description: "the bot's own name of the trade" }),
    at: Type.Optional(nullable(instant, 'when it was closed; null: at the time of the tick')),
    pnl: AmountField,
  },
  { description: 'a trade that was closed' },
)

/**
 * What a bot publishes on `equity.tick.<trader>`. Only `equity` is required; unknown fields are ignored, and null is as if
 * the field were absent.
 */
export const TickSchema = Type.Object(
  {
    equity: AmountField,
    balance: OptionalAmount,
    unrealizedPnl: OptionalAmount,
    net_deposits: OptionalAmount,
    currency: Type.Optional(nullable(Type.String({ pattern: CURRENCY_PATTERN }), 'a currency like "USD", or null')),
    at: Type.Optional(nullable(instant, 'a time like "2026-03-12T20:00:00Z", or null')),
    seq: Type.Optional(nullable(count, 'a whole number from 0 up, or null')),
    run: Type.Optional(
      nullable(Type.String({ maxLength: NAME_LENGTH_MAX }), 'the name of the run that counts in seq, or null'),
    ),
    closed: Type.Optional(
      Type.Union([Type.Array(ClosedTradeSchema, { maxItems: CLOSED_TRADES_MAX }), Type.Null()], {
        description: 'the trades closed since the last report, or null',
      }),
    ),
  },
  { $id: 'Tick', title: 'Equity tick' },
)

export type TickMessage = Type.Static<typeof TickSchema>
