import {
  decodeHeartbeat,
  encodeSettled,
  type Heartbeat,
  headerNames,
  type SettledEvent,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { command, flags, json, Scene, tick } from '@drawbridge/testing/guardian-scene'
import { jetstream } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

const createdAt = async (stream: string) => (await scene.manager.streams.info(stream)).created

async function makeAnew(stream: string): Promise<void> {
  const { config } = await scene.manager.streams.info(stream)
  await scene.manager.streams.delete(stream)
  await scene.manager.streams.add(config)
}

/** Has the log say what it is bound to, as an adoption does. */
async function bind(event: Partial<SettledEvent>): Promise<void> {
  const whole = { settled: 0, inputsCreated: await createdAt(streams.inputs), ...event }
  const described = headers()
  described.set(headerNames.settled, String(whole.settled))
  await jetstream(scene.connection).publish(subjects.outConfig('settled'), encodeSettled(whole), { headers: described })
}

const bindings = async () =>
  (await scene.read(streams.risk))
    .filter(({ subject }) => subject === subjects.config('settled'))
    .map(({ payload }) => json(payload))

const refusal = async () => {
  const error = (await scene.start().catch((reason: unknown) => reason)) as Error
  return `${error.message}: ${(error.cause as Error | undefined)?.message}`
}

describe('a risk log that takes the place of another one', () => {
  it('is refused while it is empty: every trader would start from scratch', async () => {
    await scene.put(tick('bot1', 1000))
    await makeAnew(streams.risk)
    expect(await refusal()).toMatch(/RISK, created .*, is not made from the inputs of before.*adopt-log/)
    expect(await scene.spawn().exited).toEqual({ code: 1, signal: null })
    expect(await scene.read(streams.risk)).toEqual([])
  })

  it('is refused although a guardian that knew the other one has written into it', async () => {
    const running = await scene.start()
    await scene.put(tick('bot1', 1000))
    await scene.settled(running)
    await makeAnew(streams.risk)
    // A trader's first event is expected to be the first.
    await scene.put(tick('newcomer', 1000))
    await eventually(() => running.failures.length > 0, { what: 'the guardian to end' })
    expect(await scene.eventsOf('newcomer')).toHaveLength(1)
    expect(await refusal()).toMatch(/is not made from the inputs of before/)
  })

  it('is refused while it is being adopted', async () => {
    await makeAnew(streams.risk)
    await bind({ adopting: true })
    expect(await refusal()).toMatch(/does not hold all of it yet.*adopt-log/)
    await bind({})
    await scene.start()
  })

  it('ends a guardian that is to judge nothing just now', async () => {
    const running = await scene.start({ leaseMs: 2_000 })
    await scene.put(tick('bot1', 1000))
    await scene.settled(running)
    await makeAnew(streams.risk)
    await eventually(() => running.failures.length > 0, { what: 'the guardian to end' })
    expect(running.failures[0]?.message).toMatch(/RISK was recreated/)
  })

  it('ends a guardian that hears that the log is being adopted', async () => {
    // One whose turn it is does not follow the log.
    const running = await scene.start({ takeoverMs: 3_600_000 })
    await bind({ adopting: true })
    await eventually(() => running.failures.length > 0, { what: 'the guardian to end' })
    expect(String(running.failures[0]?.cause)).toMatch(/being adopted|does not hold all of it yet/)
  })
})

describe('inputs after an input log that was lost', () => {
  it('go on in sequence, over restarts too, and the log goes on saying so', async () => {
    const heard: Heartbeat[] = []
    scene.connection.subscribe(subjects.heartbeat, {
      callback: (_error, message) => {
        const heartbeat = decodeHeartbeat(message.data)
        if (heartbeat.ok) heard.push(heartbeat.value)
      },
    })
    const [before, offset] = [await scene.lastSeq(streams.inputs), 1_000]
    await bind({ settled: offset, inputsOffset: offset, continues: ['2026-01-01T00:00:00Z'] })
    await scene.put(tick('bot1', 1000), tick('no~trader', 1), command('resume', 'bot1'))
    for (const equity of [1001, 1002]) {
      const running = await scene.start({ leaseMs: 2_000 })
      const last = await scene.put(flags({ enable_persistence: false }), tick('bot1', equity))
      await eventually(() => running.guardian.settled === last + offset, { what: 'all to be settled' })
      const count = heard.length
      await eventually(() => heard.length > count, { what: 'a heartbeat' })
      const log = await createdAt(streams.risk)
      expect(heard.at(-1)).toEqual({
        instance: running.name,
        settled: last + offset,
        inputsOffset: offset,
        lag: 0,
        log,
      })
      await running.stop()
    }
    const first = before + 1 + offset
    expect((await scene.eventsOf('bot1')).map(({ inputSeq, version }) => [inputSeq, version])).toEqual([
      [first, 1],
      [first + 4, 2],
      [first + 6, 3],
    ])
    const rejects = await scene.rejects()
    const rejected = rejects.map(({ header }) => Number(header(headerNames.rejectSequence)))
    expect(rejected.sort()).toEqual([first + 1, first + 2])
    const kept = (await scene.read(streams.risk)).map(({ header }) => Number(header(headerNames.settled)))
    expect(Math.max(...kept)).toBeGreaterThanOrEqual(first + 4)
  })

  it('are not lost sight of where the watermark is written alone', async () => {
    const offset = 1_000
    const inputsCreated = await createdAt(streams.inputs)
    await bind({ settled: offset, inputsOffset: offset, continues: ['2026-01-01T00:00:00Z'] })
    const running = await scene.start({ leaseMs: 2_000 })
    // Rejected, so that no event carries the watermark.
    const last = await scene.put(...Array.from({ length: 10_500 }, () => tick('no~trader', 1)))
    await eventually(async () => (await bindings()).length > 2, { what: 'the watermark', timeoutMs: 60_000 })
    const [, , watermark] = await bindings()
    expect(watermark).toMatchObject({ inputsCreated, inputsOffset: offset, continues: ['2026-01-01T00:00:00Z'] })
    expect(watermark?.settled).toBeGreaterThan(offset + 10_000)
    expect(watermark?.settled).toBeLessThanOrEqual(offset + last)
    expect(running.failures).toEqual([])
  })
})
