import {
  type ConfigEvent,
  DEFAULT_LIMITS,
  decodeConfigEvent,
  type LimitOverrides,
  limitsToMessage,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import type { Config } from '@drawbridge/settings'
import type { JetStreamManager } from '@nats-io/jetstream'

/** A setting that differs from the log, which is in force. */
export interface Difference {
  /** Which, and how. */
  readonly found: string
  /** How to change what is in force. */
  readonly change: string
}

/** Where the settings differ from the log. */
export async function differencesOf(manager: JetStreamManager, config: Config): Promise<Difference[]> {
  const flags = await lastEvent(manager, 'flags')
  const limits = await lastEvent(manager, 'limits')
  const differences: Difference[] = []
  if (flags?.kind === 'flags') {
    const change = publishOn(subjects.controlFlags, subjects.commandFlags('<user>'))
    differences.push(
      ...difference('enable_risk_enforcement', config.enforcement, flags.enforcement, change),
      ...difference('enable_persistence', config.persistence, flags.persistence, change),
    )
  }
  if (limits?.kind === 'limits') {
    const change = publishOn(subjects.controlLimits, subjects.commandLimits('<user>'))
    differences.push(
      ...compareLimits('limits', { ...DEFAULT_LIMITS, ...config.limits }, limits.defaults, change),
      ...difference('max_traders', config.maxTraders ?? limits.maxTraders, limits.maxTraders, change),
      ...Object.entries(config.traders).flatMap(([id, trader]) =>
        compareLimits(`traders.${id}.limits`, trader.limits, limits.traders[id] ?? {}, change),
      ),
    )
  }
  return differences
}

async function lastEvent(manager: JetStreamManager, kind: ConfigEvent['kind']): Promise<ConfigEvent | null> {
  const last = await lastMessage(manager, streams.risk, subjects.config(kind))
  if (last === null) return null
  const event = decodeConfigEvent(kind, last.data)
  return event.ok ? event.value : null
}

function publishOn(subject: string, withUsers: string): string {
  return `publish on ${subject}, where NATS has users on ${withUsers}`
}

function compareLimits(where: string, wanted: LimitOverrides, logged: LimitOverrides, change: string): Difference[] {
  const left: Record<string, unknown> = limitsToMessage(wanted)
  const right: Record<string, unknown> = limitsToMessage(logged)
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  return names.flatMap((name) => difference(`${where}.${name}`, left[name], right[name], change))
}

function difference(name: string, wanted: unknown, logged: unknown, change: string): Difference[] {
  if (JSON.stringify(sorted(wanted)) === JSON.stringify(sorted(logged))) return []
  const found = `${name} is ${words(wanted)} in the settings and ${words(logged)} in the log; the log takes precedence`
  return [{ found, change }]
}

/** The order of an object's fields says nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, part]) => [name, sorted(part)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/** A difference as one line for people. */
export function differenceInWords({ found, change }: Difference): string {
  return `${found}. To change it, ${change}`
}

function words(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value)
}
