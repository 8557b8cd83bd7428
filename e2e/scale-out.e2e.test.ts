import { durables, streams } from '@drawbridge/contracts'
import { eventually, type ServiceProcess } from '@drawbridge/testing'
import { expect, test } from 'vitest'
import { metricOf } from './faults/metric-of.ts'
import { System } from './faults/system.ts'
import { inTransaction } from './outages/in-transaction.ts'

const PERSISTERS = 3
const ENDS = 6
/** The load causes this many events in half a second, if the machine is fast enough. */
const EVENTS_BETWEEN = 500
const STOPPED_EVERY = 4
const IN_TRANSACTION_EVERY = 3

test(`${PERSISTERS} persisters may be killed, stopped and started under load, one after another`, async () => {
  await using system = await System.open()
  const [persister] = await Promise.all([system.startPersister(), system.startGuardians(1)])
  const fleet: ServiceProcess[] = [persister.process]
  while (fleet.length < PERSISTERS) fleet.push(persister.spawn())
  await Promise.all(fleet.map((service) => service.waitForPort()))
  await system.startLoad()

  for (let ends = 1; ends <= ENDS; ends += 1) {
    await system.decided(EVENTS_BETWEEN)
    const service = fleet.shift()
    const kill = async () => {
      service?.kill('SIGKILL')
      // One that had ended by itself would have an exit code.
      expect(await service?.exited).toEqual({ code: null, signal: 'SIGKILL' })
    }
    if (ends % STOPPED_EVERY === 0) {
      // Before it listens, a signal ends it as any process.
      await service?.waitForPort()
      expect(await service?.stop()).toEqual({ code: 0, signal: null })
    } else if (ends % IN_TRANSACTION_EVERY === 0) await inTransaction(persister.database.url, PERSISTERS, kill)
    else await kill()
    fleet.push(persister.spawn())
  }

  for (const service of fleet) {
    await eventually(async () => (await metricOf(service, 'persister_rows_total')) > 0, {
      timeoutMs: 30_000,
      what: 'each persister to store its share',
    })
  }
  await system.expectSound()
  for (const service of fleet) expect(await metricOf(service, 'persister_rejected_total')).toBe(0)
  // Some events that killed persisters had received came a second time.
  const { delivered } = await system.scene.manager.consumers.info(streams.risk, durables.persister)
  expect(delivered.consumer_seq).toBeGreaterThan(delivered.stream_seq)
})
