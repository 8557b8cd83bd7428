import { HUNDRED_PERCENT } from './amount.ts'
import { aNull, anObject, anyOf, aRecord, optional } from './json-schema.ts'
import type { LimitDefinition, LimitEnd, Tier } from './limit-definition.ts'
import { LIMIT_NAME_PATTERN, type LimitName, parseLimitName } from './limit-name.ts'
import { LIMIT_PARAMETERS, type LimitParameters } from './limit-parameters.ts'
import { documentedSchema, type LimitValue } from './limit-values.ts'
import { type Parsed, parsed, printable, refused } from './parsed.ts'
import { checkObject } from './schema-check.ts'

/** Limits in their long form, by name; null: there is none of that name. */
export type NamedLimits = Readonly<Record<LimitName, LimitParameters | null>>

/** A trader's limits, the short forms included. */
export const LIMITS_OF_TRADER_MAX = 32

const parameters = Object.entries(LIMIT_PARAMETERS) as [
  keyof LimitParameters,
  { readonly name: string; readonly value: LimitValue<unknown, unknown>; loosens(from: unknown, to: unknown): boolean },
][]

/** A limit as people write it; every parameter is optional, so that a change names only what it changes. */
const PARAMETERS = Object.fromEntries(
  parameters.map(([, { name, value }]) => [name, value.schema({ description: value.words })]),
)

/** The same with all parts of its values, for documents. */
const DocumentedParameters = anObject(
  Object.fromEntries(parameters.map(([, { name, value }]) => [name, optional(documentedSchema(value, value.words))])),
  { $id: 'LimitParameters', additionalProperties: false, description: 'a limit in its long form' },
)

const check = checkObject<Readonly<Record<string, unknown>>>(PARAMETERS)

function readParameters(message: unknown): Parsed<LimitParameters> {
  const checked = check(message)
  if (!checked.ok) return checked
  const faults: string[] = []
  const read: Partial<Record<keyof LimitParameters, unknown>> = {}
  for (const [key, { name, value }] of parameters) {
    const written = checked.value[name]
    if (written === undefined) continue
    const parameter = value.read(written)
    if (parameter.ok) read[key] = parameter.value
    else faults.push(`${name} ${parameter.reason}`)
  }
  const limit = read as LimitParameters
  if (limit.size?.kind === 'percent' && limit.size.percent > HUNDRED_PERCENT && limit.measure !== 'profit') {
    faults.push('limit: percent must be at most 100 for a loss')
  }
  return faults.length === 0 ? parsed(limit) : refused(faults.join('; '))
}

function writeParameters(limit: LimitParameters): object {
  const message: Record<string, unknown> = {}
  for (const [key, { name, value }] of parameters) {
    if (limit[key] !== undefined) message[name] = value.write(limit[key])
  }
  return message
}

/** Limits by name, as the setting `limits` has them. */
export const namedLimits: LimitValue<NamedLimits, object> = {
  words: 'an object of limits by name, or null for a name to remove it',
  isAmount: false,
  schema: (options) => aRecord('^.*$', {}, options),
  parts: aRecord(LIMIT_NAME_PATTERN, anyOf([DocumentedParameters, aNull()])),
  read: (message) => {
    const limits: [LimitName, LimitParameters | null][] = []
    const faults: string[] = []
    for (const [name, one] of Object.entries(message)) {
      const known = parseLimitName(name)
      const limit = one === null ? parsed(null) : readParameters(one)
      if (!known.ok) faults.push(`: the name ${known.reason}`)
      else if (limit.ok) limits.push([known.value, limit.value])
      else faults.push(...limit.reason.split('; ').map((fault) => `.${printable(name, 40)}: ${fault}`))
    }
    if (limits.length > LIMITS_OF_TRADER_MAX)
      faults.push(`: ${limits.length} limits, and ${LIMITS_OF_TRADER_MAX} are possible`)
    return faults.length === 0 ? parsed(Object.fromEntries(limits)) : refused(faults.join('; '))
  },
  // By name: the same limits give the same bytes, wherever they were read from.
  write: (limits) =>
    Object.fromEntries(
      Object.entries(limits)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, limit]) => [name, limit === null ? null : writeParameters(limit)]),
    ),
}

/** Limits after a change: parameters that it does not name stay. */
export function mergeNamedLimits(before: NamedLimits, change: NamedLimits): NamedLimits {
  const merged: Record<LimitName, LimitParameters | null> = { ...before }
  for (const [name, limit] of Object.entries(change)) {
    const known = merged[name]
    merged[name] = limit === null || known === null || known === undefined ? limit : { ...known, ...limit }
  }
  return merged
}

/** What a limit does not say itself. */
export interface LimitDefaults {
  readonly warnAtPct: bigint
  readonly stopTradingMinutes: number
  readonly onEnd: 'keep' | 'rebase'
}

/** The limit of these parameters; a refusal says what is missing or does not fit together. */
export function defineLimit(name: LimitName, limit: LimitParameters, defaults: LimitDefaults): Parsed<LimitDefinition> {
  const { window, reference, size, measure = 'loss', lockPlus = null, activeFrom = null } = limit
  if (window === undefined) return refused('window is missing: "day", "week", "month" or "lifetime"')
  if (reference === undefined) return refused('reference is missing: an object like {"kind": "start", "of": "equity"}')
  if (size === undefined) return refused('limit is missing: an object like {"amount": 500}')
  if (measure === 'profit' && lockPlus !== null) return refused('lock does not fit a profit')
  if (measure === 'profit' && activeFrom !== null) return refused('active_from does not fit a profit')
  const tiers = limit.tiers ?? defaultTiers(defaults.warnAtPct)
  if (limit.warnOnly !== true && !tiers.some(({ action }) => action !== 'warn')) {
    return refused('no tier blocks: add one like {"at_percent": 100, "action": "block-entries"}, or "warn_only": true')
  }
  const ends = endOf(limit, window)
  if (!ends.ok) return ends
  return parsed({
    name,
    measure,
    tested: limit.tested ?? 'equity',
    window,
    reference,
    size,
    lockPlus,
    tiers,
    ends: ends.value,
    leastMinutes: limit.leastMinutes ?? defaults.stopTradingMinutes,
    onEnd: limit.onEnd ?? defaults.onEnd,
    flows: limit.flows ?? (size.kind === 'percent' ? 'scale' : 'shift'),
    activeFrom,
  })
}

function defaultTiers(warnAtPct: bigint): readonly Tier[] {
  const block: Tier = { atPct: HUNDRED_PERCENT, action: 'block-entries' }
  return warnAtPct < HUNDRED_PERCENT ? [{ atPct: warnAtPct, action: 'warn' }, block] : [block]
}

function endOf(limit: LimitParameters, window: LimitDefinition['window']): Parsed<LimitEnd> {
  const kind = limit.ends ?? (window === 'lifetime' ? 'timer' : 'next-window')
  if (kind === 'at') {
    if (limit.endsAt === undefined || limit.endsAt === null) return refused('ends "at" needs ends_at, like "17:00"')
    return parsed({ kind, time: limit.endsAt })
  }
  if (kind === 'next-window' && window === 'lifetime') {
    return refused('ends "next-window" does not fit a lifetime, which has no next one: write "timer", "at" or "manual"')
  }
  return parsed({ kind })
}

/** Whether a parameter of a limit loosens it. */
export function parameterLoosens(key: keyof LimitParameters, from: unknown, to: unknown): boolean {
  const known = parameters.find(([name]) => name === key)
  return known?.[1].loosens(from, to) === true
}
