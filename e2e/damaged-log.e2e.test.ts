import { streams } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/test-kit'
import { describe, expect, test } from 'vitest'
import { command, tick } from '../services/risk-guardian/test/scene.ts'
import { flipBit, keepInSmallBlocks } from './faults/damage.ts'
import { System } from './faults/system.ts'

/** More than one file of the store holds. */
const OTHERS = 100

describe('a risk log of which a bit was flipped', () => {
  test('stops guardians, closes gates and says why', async () => {
    await using system = await System.open()
    const { scene, server } = system
    await keepInSmallBlocks(server, scene.manager)
    await Promise.all([system.startPersister(), system.startGuardians(2)])
    await system.connectBots()
    await scene.put(tick('rested', 1000), command('pause', 'rested', { reason: 'holiday', by: 'ada' }))
    await scene.put(...Array.from({ length: OTHERS }, (_, i) => tick(`other${i % 7}`, 1000 + i)))
    await system.settled()
    await flipBit(server, 1_000)
    const { state } = await eventually(() => scene.manager.streams.info(streams.risk), { what: 'NATS to answer' })
    expect(state.num_deleted).toBeGreaterThan(10)
    for (const guardian of system.running) await guardian.untilUnready(/messages of RISK.*are missing/)
    await system.calm.untilBlocked(/the risk log is damaged/)
  })
})
