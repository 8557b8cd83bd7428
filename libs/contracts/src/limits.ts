import Type from 'typebox'
import type { Amount } from './amount.ts'
import { compileCheck } from './faults.ts'
import type { Instant } from './instant.ts'
import {
  amountAboveZero,
  currency,
  type LimitValue,
  oneOf,
  orNull,
  percentage,
  timeOfDay,
  timeZone,
  wholeNumber,
} from './limit-values.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** One limit, or what belongs to one. */
interface Limit<Name extends string, Value, Written> {
  /** As people write it. */
  readonly name: Name
  readonly value: LimitValue<Value, Written>
  /** What holds where nothing else is configured. */
  readonly initial: Value
  /** Whether another value makes a breach, a pause or a silence less likely, shorter or later. */
  loosens(from: Value, to: Value): boolean
  /** What it is, for docs/configuration.md. */
  readonly about: string
}

/** The value decides the types, and nothing else does. */
const limit = <const Name extends string, Value, Written>(
  of: Limit<Name, NoInfer<Value>, Written> & { readonly value: LimitValue<Value, Written> },
): Limit<Name, Value, Written> => of

/** No limit is the loosest. */
const ifHigher = (from: Amount | number | null, to: Amount | number | null) =>
  from !== null && (to === null || to > from)
const ifLower = (from: number, to: number) => to < from
/** Where values have no order, another one can make room for a loss as well as a higher limit can. */
const always = () => true

const pauseEnds = ['manual', 'next-day', 'timer'] as const
const ifSooner = (from: PauseEnd, to: PauseEnd) => pauseEnds.indexOf(to) > pauseEnds.indexOf(from)
const percentOrNull = orNull(percentage, ', or null for no limit')

/** How the pause of a rule ends: after its least time, at the next daily reset, or by an operator. */
export type PauseEnd = (typeof pauseEnds)[number]

/** Every limit, spelled here alone, in the order in which it is written. */
export const LIMITS = {
  /** Percent of `dailyLossBase`, inclusive; null: not judged. */
  maxDailyLossPct: limit({
    name: 'max_daily_loss',
    value: percentOrNull,
    initial: 10_00000000n,
    loosens: ifHigher,
    about: 'The loss of a day at which trading pauses, percent of `daily_loss_of`.',
  }),
  /** Percent below peak equity, inclusive; null: not judged. */
  maxDrawdownPct: limit({
    name: 'max_drawdown',
    value: percentOrNull,
    initial: 20_00000000n,
    loosens: ifHigher,
    about: 'The decline from peak equity at which trading pauses, percent.',
  }),
  /** The least time of a pause, minutes. */
  stopTradingMinutes: limit({
    name: 'stop_trading_minutes',
    value: wholeNumber('minutes', 1, 525_600),
    initial: 60,
    loosens: ifLower,
    about: 'The least time of a pause.',
  }),
  /** Null: the first equity. */
  initialBalance: limit({
    name: 'initial_balance',
    value: orNull(amountAboveZero, ', or null for the first equity'),
    initial: null,
    loosens: always,
    about: 'What the account began with.',
  }),
  /** What `maxDailyLossPct` is a percentage of. */
  dailyLossBase: limit({
    name: 'daily_loss_of',
    value: oneOf('initial-balance', 'equity-at-reset', 'balance-at-reset'),
    initial: 'initial-balance',
    loosens: always,
    about: 'What `max_daily_loss` is a percentage of.',
  }),
  /** HH:MM, in `resetTimeZone`. */
  resetTime: limit({
    name: 'reset_time',
    value: timeOfDay,
    initial: '00:00',
    loosens: always,
    about: 'When a trading day begins.',
  }),
  /** IANA name. */
  resetTimeZone: limit({
    name: 'reset_time_zone',
    value: timeZone,
    initial: 'UTC',
    loosens: always,
    about: 'The time zone of `reset_time`.',
  }),
  dailyLossEnds: limit({
    name: 'daily_loss_ends',
    value: oneOf('timer', 'next-day', 'manual'),
    initial: 'next-day',
    loosens: ifSooner,
    about: 'How the pause after a daily loss ends.',
  }),
  drawdownEnds: limit({
    name: 'drawdown_ends',
    value: oneOf('timer', 'next-day', 'manual'),
    initial: 'timer',
    loosens: ifSooner,
    about: 'How the pause after a drawdown ends.',
  }),
  /** Whose clock decides: JetStream's, or the tick's own `at`. */
  timeBase: limit({
    name: 'time_base',
    value: oneOf('server', 'event'),
    initial: 'server',
    loosens: always,
    about: 'Whose clock decides: that of NATS, or the `at` of the tick.',
  }),
  /** Percent of a limit at which a warning is given; 100: none is. A warning holds nothing up, so nothing loosens it. */
  warnAtPct: limit({
    name: 'warn_at_percent',
    value: percentage,
    initial: 80_00000000n,
    loosens: () => false,
    about: 'The percentage of a limit at which a warning is given.',
  }),
  /** Without an accepted tick for so long the trader is silent; null: silence is not judged. */
  staleAfterSeconds: limit({
    name: 'stale_after_seconds',
    value: orNull(wholeNumber('seconds', 1, 31_536_000), ', or null'),
    initial: null,
    loosens: ifHigher,
    about: 'Without a tick for so long, the feed is stale; null: never.',
  }),
  /** How long a change of limits that loosens them waits until it takes effect; 0: not at all. */
  loosenAfterMinutes: limit({
    name: 'loosen_after_minutes',
    value: wholeNumber('minutes', 0, 525_600),
    initial: 0,
    loosens: ifLower,
    about: 'How long a change that loosens limits waits; 0: not at all.',
  }),
  /** As the ticks write it. Null: that of the first tick that names one. */
  currency: limit({
    name: 'currency',
    value: orNull(currency, ', or null for that of the first tick that names one'),
    initial: null,
    loosens: always,
    about: "The account's currency: a tick that names another one is rejected.",
  }),
} as const

type Table = typeof LIMITS
type Written<K extends keyof Table> = Parameters<Table[K]['value']['read']>[0]

/** The limits one trader is judged by. */
export type Limits = { readonly [K in keyof Table]: Table[K]['initial'] }

/** Limits of one trader that differ from the defaults. */
export type LimitOverrides = Partial<Limits>

/** The written form of limits: `{"max_daily_loss": 5, "stop_trading_minutes": 30}`. */
export type LimitsMessage = { [K in keyof Table as Table[K]['name']]?: Written<K> }

/** Limits that take effect later. */
export interface PendingLimits {
  /** JetStream time: inputs from then on are judged by them. */
  readonly at: Instant
  readonly limits: LimitOverrides
}

type AnyLimit = Limit<keyof LimitsMessage, unknown, unknown>
const entries = Object.entries(LIMITS) as readonly [keyof Limits, AnyLimit][]

function fromEntries<T>(entryOf: (key: keyof Limits, limit: AnyLimit) => [string, unknown]): T {
  return Object.fromEntries(entries.map(([key, one]) => entryOf(key, one))) as T
}

/** The values if nothing else is configured; the first three are those of the original's sample configuration. */
export const DEFAULT_LIMITS = fromEntries<Limits>((key, { initial }) => [key, initial])

/** Limits as people write them: every field optional, so that it changes only what it names. */
export const LimitFields = fromEntries<{
  readonly [K in keyof Table as Table[K]['name']]: Type.TOptional<Type.TUnsafe<Written<K>>>
}>((_key, { name, value }) => [name, Type.Optional(value.schema({ description: value.words }))])

export const LimitsSchema = Type.Object(LimitFields, { $id: 'Limits', additionalProperties: false })

const checkLimits = compileCheck<LimitsMessage>(LimitsSchema)

/** Reads limits; the reason of a refusal names every field at fault. */
export function parseLimits(value: unknown): Parsed<LimitOverrides> {
  const checked = checkLimits(value)
  return checked.ok ? limitsFromMessage(checked.value) : checked
}

/** Reads the values of limits whose fields have been checked. */
export function limitsFromMessage(message: LimitsMessage): Parsed<LimitOverrides> {
  const faults: string[] = []
  const limits: Partial<Record<keyof Limits, unknown>> = {}
  for (const [key, { name, value }] of entries) {
    const written = message[name]
    if (written === undefined) continue
    const read = value.read(written)
    if (read.ok) limits[key] = read.value
    else faults.push(`${name} ${read.reason}`)
  }
  return faults.length === 0 ? parsed(limits as LimitOverrides) : refused(faults.join('; '))
}

/** The written form of limits, amounts as decimal strings; `parseLimits` gives the same limits back. */
export function limitsToMessage(limits: LimitOverrides): LimitsMessage {
  const message: Partial<Record<keyof LimitsMessage, unknown>> = {}
  for (const [key, { name, value }] of entries) {
    if (limits[key] !== undefined) message[name] = value.write(limits[key])
  }
  return message as LimitsMessage
}
