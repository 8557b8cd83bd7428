import { eventually } from '@drawbridge/testing'
import { expect } from 'vitest'
import { metricOf } from '../faults/metric-of.ts'
import type { PersisterSettings } from '../faults/persister-process.ts'
import { System } from '../faults/system.ts'

/** Enough that something is being written to the database at every moment. */
const LIGHT_LOAD = { traders: 20, ticksPerSecond: 10 }
const DECIDED_MEANWHILE = 200

/** What happens to the database. */
export interface Outage {
  readonly begin: () => Promise<unknown>
  /** The reason that readiness reports. */
  readonly reason: RegExp
  readonly end: () => Promise<unknown>
}

/** A guardian and a persister. */
export async function startServices(settings?: PersisterSettings): Promise<System> {
  const system = await System.open()
  try {
    await Promise.all([system.startPersister(settings), system.startGuardians(1)])
    return system
  } catch (error) {
    await system[Symbol.asyncDispose]()
    throw error
  }
}

/** Adds two bots that may trade, and a light load. */
export async function busy(system: System): Promise<System> {
  await system.connectBots()
  await system.startLoad(LIGHT_LOAD)
  return system
}

/** A guardian, a persister, two bots that may trade, and a light load. */
export async function startSystem(settings?: PersisterSettings): Promise<System> {
  return busy(await startServices(settings))
}

/**
 * Runs an outage of the database. Traders must not be affected: limits are judged, and gates behave as usual; the persister must
 * report the reason; and afterwards everything must be in the database without intervention.
 */
export async function survive(system: System, { begin, reason, end }: Outage): Promise<void> {
  const { persister } = system
  if (persister === null) throw new Error('there is no persister')
  const metric = (name: string) => metricOf(persister.process, name)
  await persister.untilRows(100)
  await persister.untilReady()
  expect(await metric('persister_database_up')).toBe(1)
  const before = { process: persister.process, errors: await metric('persister_database_errors_total') }

  await begin()
  await persister.untilUnready(reason)
  expect(await metric('persister_database_up')).toBe(0)
  const errorsBefore = persister.process === before.process ? before.errors : 0
  expect(await metric('persister_database_errors_total')).toBeGreaterThan(errorsBefore)
  system.trade()
  await system.loser.untilBlocked(/max_daily_loss: 30 %/)
  await system.decided(DECIDED_MEANWHILE)
  await system.calm.untilOpen()
  await eventually(async () => (await metric('persister_lag_events')) >= DECIDED_MEANWHILE, {
    timeoutMs: 30_000,
    what: 'the lag to be what was decided meanwhile',
  })
  expect(await persister.unreadyBecause()).toMatch(reason)

  await end()
  await persister.untilReady()
  await system.expectSoundTrades()
  await eventually(async () => (await metric('persister_lag_events')) === 0, {
    timeoutMs: 30_000,
    what: 'the lag to be gone',
  })
  expect(await metric('persister_database_up')).toBe(1)
  expect(await metric('persister_rejected_total')).toBe(0)
}
