import {
  type ConfigEvent,
  DEFAULT_LIMITS,
  decodeConfigEvent,
  type FlagsEvent,
  type Instant,
  type LimitOverrides,
  type Limits,
  type LimitsEvent,
  mergeLimits,
  type PendingChange,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import type { Config } from '@drawbridge/settings'
import type { JetStreamManager } from '@nats-io/jetstream'
import { compareLimits, type LimitDifference, type LimitDifferences } from './limit-differences.ts'

/** A setting that differs from the log, which is in force. Values are as people write them; undefined: not set. */
export interface Difference {
  /** `enable_persistence`, `max_traders`, `limits.max_drawdown`, `traders.bot1.limits.max_drawdown`. */
  readonly setting: string
  readonly inForce: unknown
  readonly wanted: unknown
  /** The log brings the wanted value by itself then: an earlier change loosens, and waits; null: it does not. */
  readonly comesAt: Instant | null
}

/** What is in force; null: the log has no such event yet. */
export interface ConfigurationInForce {
  readonly flags: FlagsEvent | null
  readonly limits: LimitsEvent | null
}

/** Where the settings differ from the log, and the two commands that put the settings in force; null: none is needed. */
export interface SettingsChange {
  readonly differences: readonly Difference[]
  readonly flags: object | null
  readonly limits: object | null
}

/** Where the settings differ from the log. */
export async function differencesOf(manager: JetStreamManager, config: Config): Promise<readonly Difference[]> {
  const [flags, limits] = await Promise.all([lastEvent(manager, 'flags'), lastEvent(manager, 'limits')])
  return settingsChange(config, { flags, limits }, Date.now()).differences
}

async function lastEvent<Kind extends ConfigEvent['kind']>(
  manager: JetStreamManager,
  kind: Kind,
): Promise<Extract<ConfigEvent, { kind: Kind }> | null> {
  const last = await lastMessage(manager, streams.risk, subjects.config(kind))
  const event = last === null ? null : decodeConfigEvent(kind, last.data)
  return event?.ok === true ? (event.value as Extract<ConfigEvent, { kind: Kind }>) : null
}

/** @param now a change that waits is in force if its time has come */
export function settingsChange(config: Config, inForce: ConfigurationInForce, now: Instant): SettingsChange {
  const flags = inForce.flags === null ? [] : compareFlags(config, inForce.flags)
  const limits = inForce.limits === null ? null : compareAllLimits(config, inForce.limits, now)
  return {
    differences: [...flags, ...(limits?.differences ?? [])],
    flags: flags.length === 0 ? null : Object.fromEntries(flags.map(({ setting, wanted }) => [setting, wanted])),
    limits: limits?.change ?? null,
  }
}

function compareFlags(config: Config, flags: FlagsEvent): readonly Difference[] {
  const compared = [
    { setting: 'enable_risk_enforcement', inForce: flags.enforcement, wanted: config.enforcement, comesAt: null },
    { setting: 'enable_persistence', inForce: flags.persistence, wanted: config.persistence, comesAt: null },
  ]
  return compared.filter(({ inForce, wanted }) => inForce !== wanted)
}

interface AllDifferences {
  readonly differences: readonly Difference[]
  readonly change: object | null
}

function compareAllLimits(config: Config, event: LimitsEvent, now: Instant): AllDifferences {
  const ofAll: Limits = mergeLimits(DEFAULT_LIMITS, config.limits)
  const compare = (where: string, wanted: LimitOverrides, base: LimitOverrides, read: ReadLimits) =>
    compareInTime(where, (time) => compareLimits(wanted, read(inForceAt(event, time)), base), event.pending, now)
  const common = compare('limits', ofAll, {}, ({ defaults }) => defaults)
  const ofTraders = Object.entries(config.traders).map(([id, { limits }]) => ({
    id,
    ...compare(`traders.${id}.limits`, limits, ofAll, ({ traders }) => traders[id] ?? {}),
  }))
  const maxTraders = config.maxTraders ?? event.maxTraders
  const bound: Difference = { setting: 'max_traders', inForce: event.maxTraders, wanted: maxTraders, comesAt: null }
  const isBoundSame = bound.inForce === bound.wanted
  const traders = ofTraders.filter(({ change }) => Object.keys(change).length > 0)
  const change = {
    ...common.change,
    ...(isBoundSame ? {} : { max_traders: maxTraders }),
    ...(traders.length === 0 ? {} : { traders: Object.fromEntries(traders.map((one) => [one.id, one.change])) }),
  }
  return {
    differences: [
      ...common.differences,
      ...(isBoundSame ? [] : [bound]),
      ...ofTraders.flatMap(({ differences }) => differences),
    ],
    change: Object.keys(change).length === 0 ? null : change,
  }
}

/** What holds at a time. */
interface LimitsAt {
  readonly defaults: Limits
  readonly traders: Readonly<Record<string, LimitOverrides>>
}
type ReadLimits = (limits: LimitsAt) => LimitOverrides

/** What waits and is wanted comes by itself: sent again, it would wait from the beginning. So the end of the waits counts. */
function compareInTime(
  where: string,
  at: (time: Instant) => LimitDifferences,
  pending: readonly PendingChange[],
  now: Instant,
): { readonly differences: readonly Difference[]; readonly change: object } {
  const current = new Map(at(now).differences.map((difference) => [difference.name, difference]))
  const end = at(Number.POSITIVE_INFINITY)
  const remaining = new Set(end.differences.map(({ name }) => name))
  const told = ({ name, inForce, wanted }: LimitDifference, comesAt: Instant | null): Difference => ({
    setting: `${where}.${name}`,
    inForce,
    wanted,
    comesAt,
  })
  const comesAt = (name: string) =>
    pending.find((change) => !at(change.at).differences.some((difference) => difference.name === name))?.at ?? null
  return {
    differences: [
      ...end.differences.map((difference) => told(current.get(difference.name) ?? difference, null)),
      ...[...current.values()].filter(({ name }) => !remaining.has(name)).map((one) => told(one, comesAt(one.name))),
    ],
    change: end.change,
  }
}

function inForceAt({ defaults, traders, pending }: LimitsEvent, time: Instant): LimitsAt {
  let all = defaults
  const each: Record<string, LimitOverrides> = { ...traders }
  for (const change of pending.filter(({ at }) => at <= time)) {
    all = mergeLimits(all, change.defaults)
    for (const [id, limits] of Object.entries(change.traders)) each[id] = mergeLimits(each[id] ?? {}, limits)
  }
  return { defaults: all, traders: each }
}
