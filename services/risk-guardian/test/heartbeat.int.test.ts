import { decodeHeartbeat, type Heartbeat, streams, subjects } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { Scene, tick } from '@drawbridge/testing/guardian-scene'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

interface Heard extends Heartbeat {
  readonly at: number
}

/** A heartbeat is sent eight times in a lease. */
const LEASE_MS = 1_000

let scene: Scene
let heard: Heard[]
beforeEach(async () => {
  scene = await Scene.open()
  heard = []
  scene.connection.subscribe(subjects.heartbeat, {
    callback: (_error, message) => {
      const heartbeat = decodeHeartbeat(message.data)
      if (heartbeat.ok) heard.push({ ...heartbeat.value, at: performance.now() })
    },
  })
})
afterEach(() => scene.close())

function heartbeats(count: number): Promise<unknown> {
  return eventually(() => heard.length >= count, { what: `${count} heartbeats` })
}

describe('heartbeats', () => {
  it('are sent while the guardian keeps up, with how far it is', async () => {
    const running = await scene.start({ leaseMs: LEASE_MS })
    const last = await scene.put(tick('bot1', 1000))
    await scene.settled(running)
    await heartbeats(1)
    const before = heard.length
    await heartbeats(before + 1)
    expect(heard.at(-1)).toMatchObject({ instance: running.name, settled: last, lag: 0 })
  })

  it('are not sent before what waited at the start is settled', async () => {
    const waiting = await scene.put(...Array.from({ length: 10_000 }, (_, index) => tick(`bot${index % 50}`, 1000)))
    const running = await scene.start({ leaseMs: LEASE_MS })
    await scene.settled(running)
    await heartbeats(1)
    expect(heard[0]?.settled).toBeGreaterThanOrEqual(waiting)
  })

  it.each([
    ['messages', async () => ({ max_msgs: await scene.lastSeq(streams.risk) })],
    ['bytes', async () => ({ max_bytes: (await scene.manager.streams.info(streams.risk)).state.bytes + 10 })],
  ])('end while RISK takes no more %s; once it does, nothing is lost', async (_of, full) => {
    const running = await scene.start({ leaseMs: LEASE_MS })
    await scene.put(tick('bot1', 1000))
    await scene.settled(running)
    await heartbeats(1)
    await scene.manager.streams.update(streams.risk, await full())
    const last = await scene.put(...Array.from({ length: 200 }, (_, index) => tick(`bot${index % 20}`, 1000 - index)))
    const silent = () => performance.now() - (heard.at(-1)?.at ?? 0) > LEASE_MS
    await eventually(silent, { what: 'the heartbeats to end', timeoutMs: 20_000 })
    expect(running.guardian.settled).toBeLessThan(last)
    expect(running.failures).toEqual([])
    const before = heard.length
    await scene.manager.streams.update(streams.risk, { max_msgs: -1, max_bytes: -1 })
    await scene.settled(running)
    await heartbeats(before + 1)
    await scene.expectSameAsOffline()
  })
})
