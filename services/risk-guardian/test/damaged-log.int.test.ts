import { encodeSettled, headerNames, type SettledEvent, streams, subjects } from '@drawbridge/contracts'
import { eventually, type ServiceProcess } from '@drawbridge/testing'
import { json, Scene, tick } from '@drawbridge/testing/guardian-scene'
import { jetstream } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
  await makeErasable()
  await bind({})
})
afterEach(() => scene.close())

/** RISK as it is, but that messages can be deleted: to a guardian that is as if the store had lost them. */
async function makeErasable(): Promise<void> {
  const { config } = await scene.manager.streams.info(streams.risk)
  await scene.manager.streams.delete(streams.risk)
  await scene.manager.streams.add({ ...config, deny_delete: false })
}

/** Has the log say what it is bound to, as an adoption does. */
async function bind(event: Partial<SettledEvent>): Promise<void> {
  const { created } = await scene.manager.streams.info(streams.inputs)
  const whole = { settled: 0, inputsCreated: created, ...event }
  await publish(subjects.outConfig('settled'), encodeSettled(whole), whole.settled)
}

async function publish(subject: string, payload: Uint8Array, settled = 0): Promise<void> {
  const described = headers()
  described.set(headerNames.settled, String(settled))
  described.set(headerNames.guardian, 'another')
  await jetstream(scene.connection).publish(subject, payload, { headers: described })
}

/** Decides some inputs, and loses the event of the first tick. */
async function loseAnEvent(): Promise<void> {
  const kept = await scene.read(streams.risk)
  const lost = kept.find(({ subject }) => subject === subjects.event('assessed', 'bot1'))
  await scene.manager.streams.deleteMessage(streams.risk, lost?.seq ?? 0)
}

async function readyzOf(service: ServiceProcess): Promise<string> {
  return (await fetch(`${await service.url()}/readyz`)).text()
}

describe('a risk log with a hole', () => {
  it('has a guardian that starts wait, and go on by itself when the log is mended', async () => {
    const before = await scene.start()
    await scene.put(tick('bot1', 1000), tick('bot1', 1001))
    await scene.settled(before)
    await before.stop()
    await loseAnEvent()
    const service = scene.spawn({ LOG_LEVEL: 'info' })
    await eventually(async () => /1 messages of RISK.*are missing.*adopt-log/.test(await readyzOf(service)), {
      what: 'the guardian to say what it waits for',
      timeoutMs: 30_000,
    })

    await makeErasable()
    await bind({ adopting: true })
    await bind({ settled: await scene.lastSeq(streams.inputs) })
    const after = await scene.put(tick('bot2', 500))

    await eventually(async () => (await scene.eventsOf('bot2')).length === 1, { what: 'an event', timeoutMs: 30_000 })
    expect((await scene.eventsOf('bot2'))[0]).toMatchObject({ inputSeq: after })
    expect(await scene.eventsOf('bot1')).toEqual([])
    await service.stop()
  })

  it('has a guardian that runs decide nothing, and end once when the log is mended', async () => {
    const running = await scene.start({ leaseMs: 2_000 })
    await scene.put(tick('bot1', 1000), tick('bot1', 1001))
    await scene.settled(running)
    await loseAnEvent()
    await eventually(async () => (await running.metric('guardian_risk_log_damaged')) === 1, { what: 'the damage' })
    const held = await scene.lastSeq(streams.risk)
    await scene.put(tick('bot1', 1002))
    expect(running.guardian.damage).toMatch(/1 messages of RISK.*are missing/)
    expect(await scene.lastSeq(streams.risk)).toBe(held)
    expect(running.failures).toEqual([])

    await makeErasable()
    await bind({ adopting: true })
    await bind({})

    await eventually(() => running.failures.length > 0, { what: 'the guardian to end' })
    expect(running.failures[0]?.message).toMatch(/the risk log is repaired: start this guardian again/)
  })
})

describe('a risk log that brings a version once more', () => {
  it('has a guardian that follows it decide nothing', async () => {
    const running = await scene.start({ leaseMs: 2_000 })
    await scene.put(tick('bot1', 1000), tick('bot1', 1001))
    await scene.settled(running)
    const [first] = (await scene.read(streams.risk)).filter(({ subject }) => subject.endsWith('.bot1'))
    expect(json(first?.payload ?? new Uint8Array())).toMatchObject({ version: 1 })
    await publish(subjects.out('assessed', 'bot1'), first?.payload ?? new Uint8Array())
    await scene.put(tick('bot2', 1000))
    await eventually(() => /brings version 1, and version 2 was known/.test(running.guardian.damage ?? ''), {
      what: 'the guardian to say so',
    })
    expect(running.failures).toEqual([])
  })
})
