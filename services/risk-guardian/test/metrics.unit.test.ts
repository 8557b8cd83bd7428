import { equityTick, parseLimits, type TickFaults } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, INITIAL_STATE, resolve } from '@drawbridge/risk-engine'
import { MetricRegistry } from '@drawbridge/service-kit'
import { expect, test } from 'vitest'
import type { InputWatch } from '../src/inbound/input-watch.ts'
import { GuardianMetrics } from '../src/metrics.ts'

const NAME = 'guardian_tick_fields_ignored_total'
const configuration = BUILT_IN_CONFIGURATION

/** Lets a guardian decide a tick for each list of faults. Gives what it then says of ignored fields. */
async function ignoredIn(ticks: readonly (TickFaults | null)[], limits: object = {}) {
  const registry = new MetricRegistry({ enabled: true, tradersMax: 1 })
  const metrics = new GuardianMetrics(registry, { serverNow: 0 } as InputWatch)
  const read = parseLimits(limits)
  if (!read.ok) throw new Error(read.reason)
  const judged = { ...configuration, defaults: resolve({ ...configuration.defaults, ...read.value }) }
  for (const [index, faults] of ticks.entries()) {
    const tick = equityTick(1000_00000000n, { faults })
    metrics.decide('bot1', INITIAL_STATE, judged, { kind: 'tick', seq: index + 1, time: index, tick })
  }
  return (await registry.samples(NAME)).map(({ labels, value }) => [labels.field, value])
}

test('a field that is ignored is counted by its name', async () => {
  expect(await ignoredIn([null])).toEqual([])
  expect(await ignoredIn([{ balance: 'x', at: 'x' }, null, { balance: 'x' }])).toEqual([
    ['balance', 2],
    ['at', 1],
  ])
})

test('a field for which the tick is rejected is not ignored', async () => {
  const limits = { daily_loss_of: 'balance-at-reset' }
  expect(await ignoredIn([{ balance: 'x', at: 'x' }, { at: 'x' }], limits)).toEqual([['at', 1]])
})
