import type { Amount } from './amount.ts'
import { budgetSteps, type ConfirmJump, confirmJump } from './doubt-settings.ts'
import { listFaults } from './field-faults.ts'
import type { Instant } from './instant.ts'
import type { JsonSchema } from './json-schema.ts'
import { mergeNamedLimits, namedLimits } from './limit-definitions.ts'
import {
  amountAboveZero,
  currency,
  type LimitValue,
  oneOf,
  orNull,
  percentage,
  timeOfDay,
  timeZone,
  trueOrFalse,
  wholeNumber,
} from './limit-values.ts'
import { type Parsed, parsed, refused } from './parsed.ts'
import { checkObject, isOf } from './schema-check.ts'
import { sessions, sessionsLoosen } from './sessions.ts'
import {
  consistency,
  losingTradesLoosen,
  maxLosingTrades,
  maxTrades,
  profitTarget,
  tradesLoosen,
} from './trade-limits.ts'

/** One limit, or what belongs to one. */
interface Limit<Name extends string, Value, Written> {
  /** As people write it. */
  readonly name: Name
  readonly value: LimitValue<Value, Written>
  /** What holds where nothing else is configured. */
  readonly initial: Value
  /** What held before there was this limit: configurations that were recorded then do not name it. */
  readonly before?: Value
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

function jumpLoosens(from: ConfirmJump | null, to: ConfirmJump | null): boolean {
  if (from === null) return false
  return to === null || to.percent > from.percent || to.seconds !== from.seconds
}

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
    initial: 300,
    before: null,
    loosens: ifHigher,
    about: 'Without a tick for so long, the feed is stale; null: never.',
  }),
  /** Null: always. */
  sessions: limit({
    name: 'sessions',
    value: orNull(sessions, ', or null: the market is always open'),
    initial: null,
    loosens: sessionsLoosen,
    about:
      'When the market is open. Outside of that silence is not judged and, with `block_entries`, entries are blocked.',
  }),
  /** How long a change of limits that loosens them waits until it takes effect; 0: not at all. */
  loosenAfterMinutes: limit({
    name: 'loosen_after_minutes',
    value: wholeNumber('minutes', 0, 525_600),
    initial: 0,
    loosens: ifLower,
    about: 'How long a change that loosens limits waits; 0: not at all.',
  }),
  /** What the references of limits that say nothing else do when time ends a pause. */
  onEnd: limit({
    name: 'on_end',
    value: oneOf('keep', 'rebase'),
    initial: 'keep',
    before: 'rebase',
    loosens: (_from, to) => to === 'rebase',
    about:
      'What the references of limits do when time ends a pause, where a limit says nothing else: `rebase` forgives the loss.',
  }),
  /** What the first windows are measured from. */
  firstDay: limit({
    name: 'first_day',
    value: oneOf('initial-balance', 'first-reading'),
    initial: 'initial-balance',
    loosens: always,
    about: 'What the first day, week and month are measured from, if `initial_balance` is known.',
  }),
  weekStarts: limit({
    name: 'week_starts',
    value: oneOf('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'),
    initial: 'monday',
    loosens: always,
    about: 'The day on which a week begins, at `reset_time`.',
  }),
  /** A reading that differs by more is confirmed first; null: every reading counts at once. */
  confirmJump: limit({
    name: 'confirm_jump',
    value: orNull(confirmJump, ', or null: every reading counts at once'),
    initial: { percent: 20_00000000n, seconds: 5 },
    before: null,
    loosens: jumpLoosens,
    about:
      'A reading that differs by more than `percent` counts once others agree for `seconds`; until then entries wait.',
  }),
  /** How large positions may be, by the room that is left. */
  budgetSteps: limit({
    name: 'budget_steps',
    value: budgetSteps,
    initial: [],
    loosens: () => false,
    about: 'The factor of the risk budget by the share of the room that is left.',
  }),
  /** Limits in their long form. */
  named: limit({
    name: 'limits',
    value: namedLimits,
    initial: {},
    loosens: () => false,
    about: 'Limits in their long form, by name.',
  }),
  maxLosingTrades: limit({
    name: 'max_losing_trades',
    value: orNull(maxLosingTrades, ', or null for no limit'),
    initial: null,
    loosens: losingTradesLoosen,
    about:
      'So many losing trades in a row, or within so many minutes, at which trading pauses; of `min_loss` at least.',
  }),
  maxTrades: limit({
    name: 'max_trades',
    value: orNull(maxTrades, ', or null for no limit'),
    initial: null,
    loosens: tradesLoosen,
    about: 'So many trades in a window at which trading pauses until its end.',
  }),
  /** Whether `net_deposits` of ticks are cash flows; such a trader takes no command for them. */
  netDeposits: limit({
    name: 'net_deposits',
    value: trueOrFalse,
    initial: false,
    loosens: always,
    about: 'Whether the `net_deposits` of ticks are cash flows. A bot could forgive its own losses by them.',
  }),
  consistency: limit({
    name: 'consistency',
    value: orNull(consistency, ', or null for no report'),
    initial: null,
    loosens: () => false,
    about: 'The share of the profit that the best day may have, percent: reported, never blocking.',
  }),
  minDays: limit({
    name: 'min_days',
    value: orNull(wholeNumber('days', 1, 10_000), ', or null for no report'),
    initial: null,
    loosens: () => false,
    about: 'The least number of trading days: reported, never blocking.',
  }),
  profitTarget: limit({
    name: 'profit_target',
    value: orNull(profitTarget, ', or null for no report'),
    initial: null,
    loosens: () => false,
    about: 'The profit that is aimed at: reported, never blocking.',
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

/** Limits after a change: fields that it does not name stay, and so do the parameters of a named limit. */
export function mergeLimits<L extends LimitOverrides>(before: L, change: LimitOverrides): L {
  const merged = { ...before, ...change }
  if (before.named === undefined || change.named === undefined) return merged
  return { ...merged, named: mergeNamedLimits(before.named, change.named) }
}

type AnyLimit = Limit<keyof LimitsMessage, unknown, unknown>
const entries = Object.entries(LIMITS) as readonly [keyof Limits, AnyLimit][]

function fromEntries<T>(entryOf: (key: keyof Limits, limit: AnyLimit) => [string, unknown]): T {
  return Object.fromEntries(entries.map(([key, one]) => entryOf(key, one))) as T
}

/** The values if nothing else is configured; the first three are those of the original's sample configuration. */
export const DEFAULT_LIMITS = fromEntries<Limits>((key, { initial }) => [key, initial])

/** What a recorded configuration means that does not name a limit: it is older than the limit. */
export const LIMITS_BEFORE = fromEntries<Limits>((key, { initial, before }) => [
  key,
  before === undefined ? initial : before,
])

/** Limits as people write them: every field is optional, so that a change names only what it changes. */
const properties: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  entries.map(([, { name, value }]) => [name, value.schema({ description: value.words })]),
)

const checkLimits = checkObject<LimitsMessage>(properties)

/** Reads limits as people write them; the reason of a refusal names every field at fault. */
export function parseLimits(value: unknown): Parsed<LimitOverrides> {
  const checked = checkLimits(value)
  return checked.ok ? limitsFromMessage(checked.value) : refused(listFaults([checked.reason, ...valueFaults(value)]))
}

/** Reads limits that were recorded: changes one after the other may have brought both forms of a name. */
export function recordedLimits(value: unknown): Parsed<LimitOverrides> {
  const checked = checkLimits(value)
  return checked.ok ? readValues(checked.value) : checked
}

/** Reads the values of limits whose fields have been checked. */
export function limitsFromMessage(message: LimitsMessage): Parsed<LimitOverrides> {
  const read = readValues(message)
  const twice = read.ok ? bothForms(read.value) : []
  if (!read.ok || twice.length === 0) return read
  return refused(listFaults(twice))
}

/** The limits that are written in both forms: which of them would hold? A sentence each. */
export function bothForms({ maxDailyLossPct, maxDrawdownPct, named = {} }: LimitOverrides): readonly string[] {
  const short = { max_daily_loss: maxDailyLossPct, max_drawdown: maxDrawdownPct }
  return Object.entries(short).flatMap(([name, value]) =>
    (value ?? null) === null || (named[name] ?? null) === null
      ? []
      : [`${name} is written twice, as a percentage and in "limits": remove one of them`],
  )
}

function readValues(message: LimitsMessage): Parsed<LimitOverrides> {
  const faults: string[] = []
  const limits: Partial<Record<keyof Limits, unknown>> = {}
  for (const [key, { name, value }] of entries) {
    const written = message[name]
    if (written === undefined) continue
    const read = value.read(written)
    if (read.ok) limits[key] = read.value
    else faults.push(...faultsOf(name, read.reason))
  }
  return faults.length === 0 ? parsed(limits as LimitOverrides) : refused(faults.join('; '))
}

/** The faults in a reason; one of a limit in its long form names the limit first: `.max_loss: ...`. */
function faultsOf(name: string, reason: string): readonly string[] {
  return reason.split('; ').map((fault) => (/^[.:]/.test(fault) ? `${name}${fault}` : `${name} ${fault}`))
}

/** The faults of values in a message that has others, too: all are told at once. */
export function valueFaults(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const message = value as Readonly<Record<string, unknown>>
  return entries.flatMap(([, { name, value: kind }]) => {
    if (!Object.hasOwn(message, name) || !isOf(properties[name] ?? {}, message[name])) return []
    const read = kind.read(message[name])
    return read.ok ? [] : faultsOf(name, read.reason)
  })
}

/** Limits that guardians of earlier versions do not know: an event leaves them out while they have their value from before. */
export const LATER_LIMITS = [
  'loosenAfterMinutes',
  'currency',
  'onEnd',
  'firstDay',
  'weekStarts',
  'confirmJump',
  'budgetSteps',
  'named',
  'maxLosingTrades',
  'maxTrades',
  'netDeposits',
  'consistency',
  'minDays',
  'profitTarget',
  'sessions',
] as const satisfies readonly (keyof Limits)[]

/** The written form of limits, amounts as decimal strings; `recordedLimits` gives the same limits back. */
export function limitsToMessage(limits: LimitOverrides): LimitsMessage {
  const message: Partial<Record<keyof LimitsMessage, unknown>> = {}
  for (const [key, { name, value }] of entries) {
    if (limits[key] !== undefined) message[name] = value.write(limits[key])
  }
  return message as LimitsMessage
}
