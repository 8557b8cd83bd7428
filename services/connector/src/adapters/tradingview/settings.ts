import Type, { type Static } from 'typebox'

const pointer = (what: string) =>
  Type.Optional(
    Type.String({
      pattern: '^(/([^~]|~[01])*)?$',
      description: `where ${what} is in the alert, a JSON Pointer like "/order/side"`,
    }),
  )

export const TradingViewSchema = Type.Object({
  forward_url: Type.String({
    pattern: '^https?://[^ ]+$',
    description: 'where orders are sent to, an address like "http://127.0.0.1:9000/orders"',
  }),
  id_at: pointer('the id of the alert'),
  exit_at: pointer('what tells an exit'),
  exit_values: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
      minItems: 1,
      maxItems: 64,
      description: 'the texts at exit_at that say that the order is an exit, like ["flat"]',
    }),
  ),
  side_at: pointer('the side of the order, "buy" or "sell",'),
  quantity_at: pointer('the quantity of the order'),
  before_at: pointer('the position before the order, "long", "short" or "flat",'),
  before_size_at: pointer('the size of the position before the order'),
})
export type TradingViewSettings = Static<typeof TradingViewSchema>

const BY_VALUE = ['exit_at', 'exit_values'] as const
const BY_POSITION = ['side_at', 'quantity_at', 'before_at', 'before_size_at'] as const

/** What does not fit together, a sentence each. */
export function faultsOfTradingView(settings: TradingViewSettings): readonly string[] {
  const isGiven = (field: keyof TradingViewSettings) => settings[field] !== undefined
  if (![...BY_VALUE, ...BY_POSITION].some(isGiven)) {
    return [
      'exit_at is missing: exits must be told from entries, or a pause would block them, too; write exit_at and exit_values, or side_at, quantity_at, before_at and before_size_at',
    ]
  }
  return [BY_VALUE, BY_POSITION].flatMap((together) => {
    const missing = together.filter((field) => !isGiven(field))
    if (missing.length === 0 || missing.length === together.length) return []
    return [
      `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} missing: ${together.join(', ')} need each other`,
    ]
  })
}
