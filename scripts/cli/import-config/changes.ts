import { type FlagsEvent, type LimitsEvent, limitsToMessage } from '@drawbridge/contracts'
import type { Imported } from './nofx-file.ts'

/** One setting that the log has otherwise than the file. */
export interface Change {
  /** `max_drawdown`, `traders.bot1.initial_balance`, `enable_persistence`. */
  readonly setting: string
  /** Null: no limit; undefined: not set. */
  readonly before: unknown
  readonly after: unknown
}

/** What an import changes, and the control inputs that change it; null: nothing to change there. */
export interface Changes {
  readonly changes: readonly Change[]
  readonly flags: object | null
  readonly limits: object | null
}

/** What is in force; null where the log holds nothing about it yet. */
export interface InForce {
  readonly flags: FlagsEvent | null
  readonly limits: LimitsEvent | null
}

/** What of a file is not in force already. */
export function changesOf(imported: Imported, inForce: InForce): Changes {
  const flagsNow = {
    enable_risk_enforcement: inForce.flags?.enforcement,
    enable_persistence: inForce.flags?.persistence,
  }
  const flags = differences('', imported.flags, flagsNow)
  const limits = differences('', imported.limits, limitsToMessage(inForce.limits?.defaults ?? {}))
  const traders = Object.entries(imported.traders).map(([id, wanted]) => ({
    id,
    changes: differences(`traders.${id}.`, wanted, limitsToMessage(inForce.limits?.traders[id] ?? {})),
  }))
  const changed = traders.filter(({ changes }) => changes.length > 0)
  const message = {
    ...written(limits),
    ...(changed.length === 0
      ? {}
      : { traders: Object.fromEntries(changed.map(({ id, changes }) => [id, written(changes)])) }),
  }
  return {
    changes: [...flags, ...limits, ...changed.flatMap(({ changes }) => changes)],
    flags: flags.length === 0 ? null : written(flags),
    limits: Object.keys(message).length === 0 ? null : message,
  }
}

function differences(prefix: string, wanted: object, now: object): readonly Change[] {
  const held = new Map(Object.entries(now))
  return Object.entries(wanted)
    .filter(([name, value]) => value !== held.get(name))
    .map(([name, value]) => ({ setting: `${prefix}${name}`, before: held.get(name), after: value }))
}

function written(changes: readonly Change[]): Record<string, unknown> {
  return Object.fromEntries(changes.map(({ setting, after }) => [setting.slice(setting.lastIndexOf('.') + 1), after]))
}
