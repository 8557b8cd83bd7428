import { headerNames, streams, subjects } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { command, limits, type Publish, Scene, tick, wander } from '@drawbridge/testing/guardian-scene'
import { afterEach, beforeEach, expect, test } from 'vitest'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

/** Ticks of few traders, so that many of each wait, with what operators do in between. */
function traffic(count: number, traders: number): Publish[] {
  const wanderers = Array.from({ length: traders }, (_, index) => wander(index))
  return Array.from({ length: count }, (_, index) => {
    const trader = `bot${index % traders}`
    if (index % 401 === 400) return limits({ max_drawdown: 5 + (index % 20) })
    if (index % 97 === 96) return command('resume', trader)
    if (index % 89 === 88) return { subject: subjects.tick(trader), payload: Buffer.from('{') }
    return tick(trader, wanderers[index % traders]?.() ?? 0)
  })
}

/** How many events of RISK were stored in batches. */
async function inBatches(): Promise<number> {
  return (await scene.read(streams.risk)).filter(({ header }) => header(headerNames.batchId) !== '').length
}

test('many inputs of one trader get their events in batches: those that each would get alone, in order', async () => {
  await scene.put(...traffic(3_000, 3))
  const running = await scene.start()
  await scene.settled(running)
  await scene.expectSameAsOffline()
  expect(await inBatches()).toBeGreaterThan(2_000)
})

test('what waits for a bot that sends as fast as it can waits for a moment only', async () => {
  const running = await scene.start()
  const garbage = { subject: subjects.tick('flood'), payload: Buffer.from('x') }
  const flood = scene.put(...Array.from({ length: 20_000 }, () => garbage))
  await eventually(async () => (await scene.lastSeq(streams.inputs)) > 2_000, { what: 'the flood' })
  await scene.put(tick('calm', 1000), tick('calm', 940))
  await flood
  await scene.settled(running, 60_000)
  const events = await scene.eventsOf('calm')
  expect(events.map(({ type }) => type)).toEqual(['assessed', 'breach'])
  expect(await scene.eventsOf('flood')).toHaveLength(20_000)
  // One at a time they would be as many as there are.
  expect(await inBatches()).toBeGreaterThan(10_000)
})

test('guardians that race with each other in batches store one event an input', async () => {
  const load = scene.put(...traffic(4_000, 4))
  const settings = { takeoverMs: 0, batchFrom: 2 }
  const [first] = await Promise.all([scene.start(settings), scene.start(settings), scene.start(settings)])
  await load
  await scene.settled(first, 60_000)
  await scene.expectSameAsOffline()
})

test('a RISK that an older version made takes events one at a time', async () => {
  await scene.manager.streams.update(streams.risk, { allow_atomic: false })
  await scene.put(...traffic(500, 1))
  await scene.settled(await scene.start())
  await scene.expectSameAsOffline()
  expect(await inBatches()).toBe(0)
})

test('a RISK that takes no batches any more is noticed by the first that it refuses', async () => {
  const running = await scene.start()
  await scene.put(tick('bot0', 1000))
  await scene.settled(running)
  await scene.manager.streams.update(streams.risk, { allow_atomic: false })
  await scene.put(...traffic(2_000, 1))
  await scene.settled(running)
  await scene.expectSameAsOffline()
  expect(running.failures).toEqual([])
})
