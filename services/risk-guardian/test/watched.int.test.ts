import { eventually } from '@drawbridge/testing'
import { command, flags, limits, Scene, tick } from '@drawbridge/testing/guardian-scene'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const HOUR_MS = 3_600_000

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(async () => {
  vi.useRealTimers()
  await scene.close()
})

describe('what alerts go by', () => {
  it('says whether limits are enforced, as the flag does', async () => {
    const { metric, guardian } = await scene.start()
    expect(await metric('risk_enforcement_enabled')).toBe(1)
    const off = await scene.put(flags({ enable_risk_enforcement: false }))
    await eventually(() => guardian.settled >= off, { what: 'the flag to be in force' })
    expect(await metric('risk_enforcement_enabled')).toBe(0)
    const on = await scene.put(flags({ enable_risk_enforcement: true }))
    await eventually(() => guardian.settled >= on, { what: 'the flag to be in force again' })
    expect(await metric('risk_enforcement_enabled')).toBe(1)
  })

  it('says that a trader is silent, until its next tick', async () => {
    const { metric } = await scene.start()
    await scene.put(limits({ stale_after_seconds: 1 }), tick('bot1', 1000))
    await eventually(async () => (await metric('risk_feed_stale')) === 1, { what: 'the silence' })
    await scene.put(tick('bot1', 1001))
    await eventually(async () => (await metric('risk_feed_stale')) === 0, { what: 'the silence to end' })
  })

  it('says for which traders somebody set how long they may be silent', async () => {
    const { metric } = await scene.start()
    const until = (value: number) =>
      eventually(async () => (await metric('risk_feed_watched')) === value, { what: `${value}` })
    await scene.put(limits({ stale_after_seconds: 300 }), tick('bot1', 1000))
    await until(0)
    await scene.put(command('limits', 'bot1', { stale_after_seconds: 300 }))
    await until(1)
  })

  it('says how far the clock of JetStream is from that of the guardian, and to which side', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + HOUR_MS, shouldAdvanceTime: true })
    const { metric } = await scene.start()
    const behind = await metric('guardian_server_clock_offset_seconds')
    expect(Math.round(behind / 60)).toBe(-60)
  })
})
