import { type Amount, describe, formatAmount, HUNDRED_PERCENT, parseAmount } from './amount.ts'
import { aBoolean, aLiteral, aNumber, anInteger, anObject, anyOf, aString, oneWord, optional } from './json-schema.ts'
import { type LimitValue, object } from './limit-values.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** So many ids of trades are remembered. */
export const TRADES_REMEMBERED = 32

/** Losing trades that pause trading: so many in a row, or within so many minutes. */
export interface MaxLosingTrades {
  readonly count: number
  /** Null: in a row. */
  readonly withinMinutes: number | null
  /** Smaller losses do not count. */
  readonly minLoss: Amount
  /** The least time of a pause; null: `stop_trading_minutes`. */
  readonly leastMinutes: number | null
}

/** Trades of a window after which trading pauses until its end. */
export interface MaxTrades {
  readonly count: number
  readonly window: 'day' | 'week' | 'month'
  readonly leastMinutes: number | null
}

type Message = Readonly<Record<string, unknown>>

/** Fields of an object, and the first fault among them. */
class Fields {
  readonly #message: Message
  fault: string | null = null

  constructor(message: object, known: readonly string[]) {
    this.#message = message as Message
    const unknown = Object.keys(message).find((name) => !known.includes(name))
    if (unknown !== undefined) this.#refuse(`has an unknown field ${describe(unknown)} (known: ${known.join(', ')})`)
  }

  has(name: string): boolean {
    return this.#message[name] !== undefined
  }

  whole(name: string, max: number): number {
    const value = this.#message[name]
    if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max) return value
    this.#refuse(`${name} must be a whole number, 1 to ${max}, got ${describe(value)}`)
    return 1
  }

  yes(name: string): boolean {
    const value = this.#message[name]
    if (typeof value !== 'boolean') this.#refuse(`${name} must be true or false, got ${describe(value)}`)
    return value === true
  }

  amount(name: string, max: Amount | null = null): Amount {
    const read = parseAmount(this.#message[name])
    if (read.ok && read.value > 0n && (max === null || read.value <= max)) return read.value
    const bound = max === null ? '' : ` and at most ${formatAmount(max)}`
    this.#refuse(`${name} ${read.ok ? `must be above 0${bound}` : read.reason}`)
    return 0n
  }

  oneOf<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
    const known = choices.find((choice) => choice === this.#message[name])
    if (known !== undefined) return known
    this.#refuse(`${name} must be ${choices.map((choice) => `"${choice}"`).join(' or ')}`)
    return choices[0]
  }

  result<T>(value: T): Parsed<T> {
    return this.fault === null ? parsed(value) : refused(this.fault)
  }

  #refuse(fault: string): void {
    this.fault ??= fault
  }
}

const MINUTES_MAX = 525_600
const TRADES_MAX = 1_000_000
const TRADE_WINDOWS = ['day', 'week', 'month'] as const
const minutes = anInteger({ minimum: 1, maximum: MINUTES_MAX })
const anAmount = anyOf([aNumber(), aString()])

export const maxLosingTrades: LimitValue<MaxLosingTrades, object> = object(
  'an object like {"count": 3, "in_a_row": true} or {"count": 3, "within_minutes": 60}',
  anObject({
    count: anInteger({ minimum: 1, maximum: TRADES_REMEMBERED }),
    in_a_row: optional(aBoolean()),
    within_minutes: optional(minutes),
    min_loss: optional(anAmount),
    least_minutes: optional(minutes),
  }),
  (message) => {
    const fields = new Fields(message, ['count', 'in_a_row', 'within_minutes', 'min_loss', 'least_minutes'])
    const isWithin = fields.has('within_minutes')
    if (fields.has('in_a_row') && fields.yes('in_a_row') === isWithin) {
      return refused('must have "in_a_row": true or "within_minutes", not both')
    }
    if (!isWithin && !fields.has('in_a_row')) return refused('must have "in_a_row": true, or "within_minutes"')
    return fields.result({
      count: fields.whole('count', TRADES_REMEMBERED),
      withinMinutes: isWithin ? fields.whole('within_minutes', MINUTES_MAX) : null,
      minLoss: fields.has('min_loss') ? fields.amount('min_loss') : 0n,
      leastMinutes: fields.has('least_minutes') ? fields.whole('least_minutes', MINUTES_MAX) : null,
    })
  },
  ({ count, withinMinutes, minLoss, leastMinutes }) => ({
    count,
    ...(withinMinutes === null ? { in_a_row: true } : { within_minutes: withinMinutes }),
    ...(minLoss === 0n ? {} : { min_loss: formatAmount(minLoss) }),
    ...(leastMinutes === null ? {} : { least_minutes: leastMinutes }),
  }),
)

export function losingTradesLoosen(from: MaxLosingTrades | null, to: MaxLosingTrades | null): boolean {
  if (from === null) return false
  if (to === null || to.count > from.count || to.minLoss > from.minLoss) return true
  if ((to.withinMinutes === null) !== (from.withinMinutes === null)) return true
  if (to.withinMinutes !== null && from.withinMinutes !== null && to.withinMinutes < from.withinMinutes) return true
  return leastLoosens(from.leastMinutes, to.leastMinutes)
}

/** Null is another setting, which may be shorter. */
function leastLoosens(from: number | null, to: number | null): boolean {
  if (from === to) return false
  return from === null || to === null || to < from
}

export const maxTrades: LimitValue<MaxTrades, object> = object(
  'an object like {"count": 20, "window": "day"}',
  anObject({
    count: anInteger({ minimum: 1, maximum: TRADES_MAX }),
    window: oneWord(TRADE_WINDOWS),
    least_minutes: optional(minutes),
  }),
  (message) => {
    const fields = new Fields(message, ['count', 'window', 'least_minutes'])
    return fields.result({
      count: fields.whole('count', TRADES_MAX),
      window: fields.oneOf('window', TRADE_WINDOWS),
      leastMinutes: fields.has('least_minutes') ? fields.whole('least_minutes', MINUTES_MAX) : null,
    })
  },
  ({ count, window, leastMinutes }) => ({
    count,
    window,
    ...(leastMinutes === null ? {} : { least_minutes: leastMinutes }),
  }),
)

export function tradesLoosen(from: MaxTrades | null, to: MaxTrades | null): boolean {
  if (from === null) return false
  if (to === null || to.count > from.count || to.window !== from.window) return true
  return leastLoosens(from.leastMinutes, to.leastMinutes)
}

/** The share of the whole profit that the best day may have; reported, never blocking. */
export interface Consistency {
  readonly percent: Amount
  /** Whether exactly that share is too much. */
  readonly strict: boolean
}

export const consistency: LimitValue<Consistency, object> = object(
  'an object like {"percent": 40}',
  anObject({ percent: anAmount, strict: optional(aBoolean()) }),
  (message) => {
    const fields = new Fields(message, ['percent', 'strict'])
    return fields.result({
      percent: fields.amount('percent', HUNDRED_PERCENT),
      strict: fields.has('strict') && fields.yes('strict'),
    })
  },
  ({ percent, strict }) => ({ percent: formatAmount(percent), ...(strict ? { strict } : {}) }),
)

/** The profit that is aimed at, from the initial balance; reported, never blocking. */
export type ProfitTarget =
  | { readonly kind: 'amount'; readonly amount: Amount }
  | { readonly kind: 'percent'; readonly percent: Amount }

export const profitTarget: LimitValue<ProfitTarget, object> = object(
  'an object like {"amount": 3000} or {"percent": 10, "of": "initial"}',
  anObject({
    amount: optional(anAmount),
    percent: optional(anAmount),
    of: optional(aLiteral('initial')),
  }),
  (message): Parsed<ProfitTarget> => {
    const fields = new Fields(message, ['amount', 'percent', 'of'])
    if (fields.has('amount') === fields.has('percent')) return refused('must have "amount" or "percent"')
    if (fields.has('of')) fields.oneOf('of', ['initial'])
    return fields.has('amount')
      ? fields.result({ kind: 'amount', amount: fields.amount('amount') })
      : fields.result({ kind: 'percent', percent: fields.amount('percent') })
  },
  (target) =>
    target.kind === 'amount'
      ? { amount: formatAmount(target.amount) }
      : { percent: formatAmount(target.percent), of: 'initial' },
)
