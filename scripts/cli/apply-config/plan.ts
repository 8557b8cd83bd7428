import { decodeGlobalLimits, toJsonBytes } from '@drawbridge/contracts'
import { commandDoor } from '@drawbridge/nats'
import { applyConfiguration, BUILT_IN_CONFIGURATION, decideChange } from '@drawbridge/risk-engine'
import { type ConfigurationInForce, type Difference, settingsChange } from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'
import type { NatsConnection } from '@nats-io/transport-node'
import { apply, type ControlCommands, type ControlLog, inForce, openControlLog } from '../control-log.ts'

/** A setting that is put in force, with when that takes effect; null: at once. */
export interface PlannedChange extends Difference {
  readonly from: number | null
}

/** What has to be done so that the settings are in force. */
export interface Plan {
  readonly changes: readonly PlannedChange[]
  /** What an earlier change brings by itself. */
  readonly waiting: readonly PlannedChange[]
  /** Null: nothing has to be changed. */
  readonly commands: ControlCommands | null
}

/** @throws if the log has no configuration yet, and if guardians would refuse the change: with their reason */
export async function planOf(log: ControlLog, config: Config, now = Date.now()): Promise<Plan> {
  const current = await inForce(log)
  if (current.limits === null || current.flags === null) {
    throw new Error('the log has no limits and flags yet: npm run provision writes those of the settings into it')
  }
  const { differences, flags, limits } = settingsChange(config, current, now)
  const waiting = differences.filter(({ comesAt }) => comesAt !== null)
  const later = limits === null ? new Map<string, number>() : effectOf(config, current, limits, now)
  return {
    changes: differences
      .filter(({ comesAt }) => comesAt === null)
      .map((difference) => ({ ...difference, from: later.get(difference.setting) ?? null })),
    waiting: waiting.map((difference) => ({ ...difference, from: difference.comesAt })),
    commands: flags === null && limits === null ? null : { flags, limits },
  }
}

/** Asks the rules what they would make of the change: when what loosens takes effect, by setting. */
function effectOf(config: Config, current: ConfigurationInForce, limits: object, now: number): Map<string, number> {
  const change = decodeGlobalLimits(toJsonBytes(limits))
  if (!change.ok) throw new Error(`the change is not valid: ${change.reason}`)
  const before =
    current.limits === null ? BUILT_IN_CONFIGURATION : applyConfiguration(BUILT_IN_CONFIGURATION, current.limits)
  const event = decideChange(before, change.value, before.version + 1, now)
  if (!event.ok) throw new Error(`guardians would refuse the change: ${event.reason}`)
  if (event.value.kind !== 'limits') return new Map()
  const { differences } = settingsChange(config, { flags: null, limits: event.value }, now)
  return new Map(differences.flatMap(({ setting, comesAt }) => (comesAt === null ? [] : [[setting, comesAt] as const])))
}

/** Sends the commands, waits until they are decided, and returns what is left to wait for. */
export async function carryOut(
  log: ControlLog,
  config: Config,
  { commands }: Plan,
  {
    by,
    reason = 'the settings are applied',
  }: { readonly by?: string | undefined; readonly reason?: string | undefined },
): Promise<readonly Difference[]> {
  if (commands === null) return []
  const after = await apply(log, commands, commandDoor(config.nats), by, reason)
  return settingsChange(config, after, Date.now()).differences
}

const DECIDED_WITHIN_MS = 10_000

/** Puts the settings in force, and returns what had to be done for that and what is left to wait for. */
export async function applySettings(
  connection: NatsConnection,
  config: Config,
): Promise<{ readonly plan: Plan; readonly left: readonly Difference[] }> {
  const log = await openControlLog(connection, DECIDED_WITHIN_MS)
  const plan = await planOf(log, config)
  return { plan, left: await carryOut(log, config, plan, {}) }
}
