import type { Amount } from './amount.ts'
import { describe, formatAmount, HUNDRED_PERCENT, parseAmount } from './amount.ts'
import { aList, aLiteral, anObject, anyOf } from './json-schema.ts'
import {
  type LimitEnd,
  type LimitSize,
  type PercentageBase,
  type Profit,
  TIER_ACTIONS,
  type Tier,
  type TierAction,
  WINDOWS,
} from './limit-definition.ts'
import {
  amountPart,
  type LimitValue,
  object,
  oneOf,
  orNull,
  partsOf,
  timeOfDay,
  trueOrFalse,
  wholeNumber,
  word,
  wordPart,
} from './limit-values.ts'
import { unknownField } from './names.ts'
import { type Parsed, parsed, refused } from './parsed.ts'
import { REFERENCE_KINDS, type Reference } from './references/reference-kinds.ts'

/** One parameter of a limit. */
interface Parameter<Name extends string, Value> {
  /** As people write it. */
  readonly name: Name
  // biome-ignore lint/suspicious/noExplicitAny: what is written has been checked by the schema
  readonly value: LimitValue<Value, any>
  /** Whether the limit with the other value may block later, shorter or not at all, in any state. */
  loosens(from: Value, to: Value): boolean
  /** What it is, for docs/configuration.md. */
  readonly about: string
}

const parameter = <const Name extends string, Value>(of: Parameter<Name, Value>): Parameter<Name, Value> => of

/** Where values have no order, the other one can make room for a loss. */
const always = () => true

const PERCENTAGE_BASES = ['initial', 'reference', 'start-equity', 'start-balance'] as const

const written = (value: unknown): Readonly<Record<string, unknown>> => value as Readonly<Record<string, unknown>>

/** Refuses fields that nobody reads: a misspelled one would leave a default in force. */
function unknownIn(message: object, known: readonly string[]): Parsed<null> {
  const unknown = Object.keys(message).find((name) => !known.includes(name))
  return unknown === undefined ? parsed(null) : refused(`has an ${unknownField(unknown, known)}`)
}

/** A list in words: "a, b or c". */
const oneOfThese = (all: readonly string[]): string => `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`

const KIND_NAMES = REFERENCE_KINDS.map(({ kind }) => kind)

const reference: LimitValue<Reference, object> = object(
  `an object like {"kind": "peak", "of": "equity", "sampled": "continuous"}, of the kind ${oneOfThese(KIND_NAMES)}`,
  anyOf(REFERENCE_KINDS.map(({ kind, parts }) => partsOf({ kind: aLiteral(kind), ...parts }))),
  (message): Parsed<Reference> => {
    const parts = written(message)
    const name = word('kind', parts.kind, KIND_NAMES)
    if (!name.ok) return name
    const kind = REFERENCE_KINDS.find((one) => one.kind === name.value)
    if (kind === undefined) return refused(`kind ${name.value} is unknown`)
    const rest = unknownIn(message, ['kind', ...Object.keys(kind.parts)])
    return rest.ok ? kind.read(parts) : rest
  },
  (value) => value,
)

function positive(name: string, value: unknown, max: Amount | null = null): Parsed<Amount> {
  const read = parseAmount(value)
  if (!read.ok) return refused(`${name} ${read.reason}`)
  if (read.value > 0n && (max === null || read.value <= max)) return read
  return refused(`${name} must be above 0${max === null ? '' : ` and at most ${formatAmount(max)}`}, got ${value}`)
}

const size: LimitValue<LimitSize, object> = object(
  'an object like {"amount": 500} or {"percent": 5, "of": "initial"}',
  anyOf([partsOf({ amount: amountPart }), partsOf({ percent: amountPart, of: wordPart(...PERCENTAGE_BASES) })]),
  (message): Parsed<LimitSize> => {
    const { amount, percent, of } = written(message)
    if (amount !== undefined && percent !== undefined) return refused('must have "amount" or "percent", not both')
    if (amount !== undefined) {
      const rest = unknownIn(message, ['amount'])
      if (!rest.ok) return rest
      const read = positive('amount', amount)
      return read.ok ? parsed({ kind: 'amount', amount: read.value }) : read
    }
    if (percent === undefined) return refused('must have "amount", or "percent" and "of"')
    const rest = unknownIn(message, ['percent', 'of'])
    if (!rest.ok) return rest
    const read = positive('percent', percent)
    if (!read.ok) return read
    const base: Parsed<PercentageBase> = word('of', of, PERCENTAGE_BASES)
    return base.ok ? parsed({ kind: 'percent', percent: read.value, of: base.value }) : base
  },
  (value) =>
    value.kind === 'amount'
      ? { amount: formatAmount(value.amount) }
      : { percent: formatAmount(value.percent), of: value.of },
)

const lock: LimitValue<Amount, object> = object(
  'an object like {"initial_plus": 100}',
  partsOf({ initial_plus: amountPart }),
  (message) => {
    const rest = unknownIn(message, ['initial_plus'])
    if (!rest.ok) return rest
    const read = parseAmount(written(message).initial_plus)
    return read.ok ? read : refused(`initial_plus ${read.reason}`)
  },
  (value) => ({ initial_plus: formatAmount(value) }),
)

const profit: LimitValue<Profit, object> = object(
  'an object like {"profit": {"amount": 1000}} or {"profit": {"percent": 2}}',
  partsOf({ profit: anyOf([partsOf({ amount: amountPart }), partsOf({ percent: amountPart })]) }),
  (message): Parsed<Profit> => {
    const rest = unknownIn(message, ['profit'])
    if (!rest.ok) return rest
    const { profit: value } = written(message)
    if (typeof value !== 'object' || value === null) return refused(`profit must be an object, got ${describe(value)}`)
    const known = unknownIn(value, ['amount', 'percent'])
    if (!known.ok) return known
    const { amount, percent } = written(value)
    if ((amount === undefined) === (percent === undefined)) return refused('profit must have "amount" or "percent"')
    const read = amount === undefined ? positive('percent', percent) : positive('amount', amount)
    if (!read.ok) return read
    return parsed(
      amount === undefined ? { kind: 'percent', percent: read.value } : { kind: 'amount', amount: read.value },
    )
  },
  (value) => ({
    profit: value.kind === 'amount' ? { amount: formatAmount(value.amount) } : { percent: formatAmount(value.percent) },
  }),
)

const TIERS_MAX = 8

const tiers: LimitValue<readonly Tier[], readonly unknown[]> = {
  words: `a list of 1 to ${TIERS_MAX} tiers like {"at_percent": 80, "action": "warn"}`,
  isAmount: false,
  schema: (options) => aList(anObject({}), { minItems: 1, maxItems: TIERS_MAX, ...options }),
  parts: aList(partsOf({ at_percent: amountPart, action: wordPart(...TIER_ACTIONS) }), {
    minItems: 1,
    maxItems: TIERS_MAX,
  }),
  read: (list) => {
    const read: Tier[] = []
    for (const [index, one] of list.entries()) {
      const tier = readTier(one as object)
      if (!tier.ok) return refused(`tier ${index + 1}: ${tier.reason}`)
      read.push(tier.value)
    }
    read.sort((a, b) => (a.atPct < b.atPct ? -1 : a.atPct > b.atPct ? 1 : 0))
    for (const [index, tier] of read.entries()) {
      const milder = read[index - 1]
      if (milder === undefined || TIER_ACTIONS.indexOf(tier.action) >= TIER_ACTIONS.indexOf(milder.action)) continue
      return refused(`must not become milder as the percentage rises: "${tier.action}" comes after "${milder.action}"`)
    }
    return parsed(read)
  },
  write: (value) => value.map(({ atPct, action }) => ({ at_percent: formatAmount(atPct), action })),
}

function readTier(message: object): Parsed<Tier> {
  const rest = unknownIn(message, ['at_percent', 'action'])
  if (!rest.ok) return rest
  const { at_percent: at, action } = written(message)
  const atPct = positive('at_percent', at, HUNDRED_PERCENT)
  if (!atPct.ok) return atPct
  const readAction = word('action', action, TIER_ACTIONS)
  return readAction.ok ? parsed({ atPct: atPct.value, action: readAction.value }) : readAction
}

/** From which share of the room on something at least so severe happens; null: never. */
function threshold(list: readonly Tier[], severity: TierAction): Amount | null {
  const wanted = TIER_ACTIONS.indexOf(severity)
  return list.find(({ action }) => TIER_ACTIONS.indexOf(action) >= wanted)?.atPct ?? null
}

function tiersLoosen(from: readonly Tier[] | null, to: readonly Tier[] | null): boolean {
  return (['block-entries', 'flatten'] as const).some((severity) => {
    const before = threshold(from ?? DEFAULT_TIERS, severity)
    const after = threshold(to ?? DEFAULT_TIERS, severity)
    return before !== null && (after === null || after > before)
  })
}

/** What blocks where no tiers are written. */
const DEFAULT_TIERS: readonly Tier[] = [{ atPct: HUNDRED_PERCENT, action: 'block-entries' }]

function sizeLoosens(from: LimitSize, to: LimitSize): boolean {
  if (from.kind === 'amount') return to.kind !== 'amount' || to.amount > from.amount
  return to.kind !== 'percent' || to.of !== from.of || to.percent > from.percent
}

function profitLoosens(from: Profit | null, to: Profit | null): boolean {
  if (to === null) return false
  if (from === null) return true
  if (from.kind === 'amount') return to.kind !== 'amount' || to.amount > from.amount
  return to.kind !== 'percent' || to.percent > from.percent
}

/** Whichever ends later is tighter; a window and a time of day have no order. */
const ENDS: { readonly [E in LimitEnd['kind']]: number } = { timer: 0, 'next-window': 1, at: 1, manual: 2 }

/** Every parameter of a limit, spelled here alone, in the order in which it is written. */
export const LIMIT_PARAMETERS = {
  measure: parameter({
    name: 'measure',
    value: oneOf('loss', 'profit'),
    loosens: always,
    about: 'A loss breaks the limit, or a profit reaches it. Default: `loss`.',
  }),
  tested: parameter({
    name: 'tested',
    value: oneOf('equity', 'balance', 'lower'),
    loosens: always,
    about: 'The value of a reading that is compared with the line. Default: `equity`.',
  }),
  window: parameter({
    name: 'window',
    value: oneOf(...WINDOWS),
    loosens: always,
    about: 'When the limit begins again. Required.',
  }),
  reference: parameter({
    name: 'reference',
    value: reference,
    loosens: always,
    about: `What it is measured from: ${oneOfThese(REFERENCE_KINDS.map(({ about }) => about))}; \`of\` \`equity\`, \`balance\` or \`higher\`. Required.`,
  }),
  size: parameter({
    name: 'limit',
    value: size,
    loosens: sizeLoosens,
    about: 'The room: `{"amount"}`, or `{"percent", "of"}`. Required.',
  }),
  lockPlus: parameter({
    name: 'lock',
    value: orNull(lock, ', or null for none'),
    loosens: (from: Amount | null, to: Amount | null) => to === null || from === null || to < from,
    about: 'The line rises no higher than the initial balance plus this.',
  }),
  tiers: parameter({
    name: 'tiers',
    value: orNull(tiers, ', or null for the default'),
    loosens: tiersLoosen,
    about: 'What happens at which percentage of the room. Default: warn at `warn_at_percent`, block at 100.',
  }),
  warnOnly: parameter({
    name: 'warn_only',
    value: trueOrFalse,
    loosens: (from: boolean, to: boolean) => to && !from,
    about: 'Required where no tier blocks: the limit only warns.',
  }),
  ends: parameter({
    name: 'ends',
    value: orNull(oneOf('timer', 'next-window', 'at', 'manual'), ', or null for the default'),
    loosens: (from: LimitEnd['kind'] | null, to: LimitEnd['kind'] | null) =>
      from === null || to === null || ENDS[to] < ENDS[from] || (ENDS[to] === ENDS[from] && to !== from),
    about: 'How the pause ends. Default: `next-window`; of a lifetime `timer`.',
  }),
  endsAt: parameter({
    name: 'ends_at',
    value: orNull(timeOfDay, ', or null'),
    loosens: always,
    about: 'The time of day at which it ends, for `"ends": "at"`.',
  }),
  leastMinutes: parameter({
    name: 'least_minutes',
    value: orNull(wholeNumber('minutes', 1, 525_600), ', or null for `stop_trading_minutes`'),
    loosens: (from: number | null, to: number | null) => from === null || to === null || to < from,
    about: 'The least time of a pause.',
  }),
  onEnd: parameter({
    name: 'on_end',
    value: oneOf('keep', 'rebase'),
    loosens: (_from, to) => to === 'rebase',
    about: 'What the reference does when time ends a pause. Default: `keep`.',
  }),
  flows: parameter({
    name: 'flows',
    value: orNull(oneOf('scale', 'shift', 'fixed'), ', or null for the default'),
    loosens: always,
    about:
      'What a deposit or withdrawal does to the reference. Default: `scale` of a percentage, `shift` of an amount.',
  }),
  activeFrom: parameter({
    name: 'active_from',
    value: orNull(profit, ', or null for the start'),
    loosens: profitLoosens,
    about: "The limit begins once the window's profit has reached this.",
  }),
} as const

type Table = typeof LIMIT_PARAMETERS
/** Parameters as they have been written, so that a change names only what it changes. */
export type LimitParameters = {
  readonly [K in keyof Table]?: Extract<ReturnType<Table[K]['value']['read']>, { readonly ok: true }>['value']
}
