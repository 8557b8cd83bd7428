import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { headerNames, streams, subjects } from '@drawbridge/contracts'
import { freePort, startPrivateNats } from '@drawbridge/dev-stack'
import { startGuardian } from '@drawbridge/risk-guardian'
import { eventually, startHere } from '@drawbridge/testing'
import { command, limits, Scene, tick, wander } from '@drawbridge/testing/guardian-scene'
import { jetstream } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

describe('an input log that was recreated', () => {
  it.each([0, 20])('is refused at the start, be there %i inputs in it', async (inputs) => {
    const running = await scene.start()
    await scene.put(...Array.from({ length: 10 }, () => tick('bot1', 1000)))
    await scene.settled(running)
    await running.stop()
    const { config } = await scene.manager.streams.info(streams.inputs)
    await scene.manager.streams.delete(streams.inputs)
    await scene.manager.streams.add(config)
    await scene.put(...Array.from({ length: inputs }, () => tick('bot1', 1000)))
    await expect(scene.start()).rejects.toThrow(/INPUTS was created .*, that of RISK .*: it was recreated/)
    expect(await scene.spawn().exited).toEqual({ code: 1, signal: null })
  })

  it('ends a guardian that runs, however many inputs the new one has', async () => {
    const running = await scene.start()
    await scene.put(tick('bot1', 1000))
    await scene.settled(running)
    const { config } = await scene.manager.streams.info(streams.inputs)
    await scene.manager.streams.delete(streams.inputs)
    await scene.manager.streams.add(config)
    await scene.put(...Array.from({ length: 20 }, () => tick('bot1', 1000)))
    await eventually(() => running.failures.length > 0, { what: 'the guardian to give up' })
    expect(running.failures[0]?.message).toMatch(/it was recreated/)
  })
})

describe('inputs that left the input log unread', () => {
  it('are counted, and the rest is judged', async () => {
    const first = await scene.start()
    await scene.put(tick('bot1', 1000))
    await scene.settled(first)
    await first.stop()
    const last = await scene.put(
      tick('bot1', 1001),
      tick('bot1', 1002),
      limits({ max_drawdown: 1 }),
      tick('bot1', 1003),
    )
    await scene.manager.streams.purge(streams.inputs, { seq: last })
    const second = await scene.start()
    await scene.settled(second)
    expect(await second.metric('guardian_inputs_lost_total')).toBeGreaterThanOrEqual(3)
    expect((await scene.eventsOf('bot1')).map(({ inputSeq }) => inputSeq)).toEqual([3, last])
  })

  it('are counted where they are missing between others', async () => {
    const first = await scene.put(tick('bot1', 1000), tick('bot1', 1001), tick('bot1', 1002))
    await scene.manager.streams.deleteMessage(streams.inputs, first - 1)
    const running = await scene.start()
    await scene.settled(running)
    expect(await running.metric('guardian_inputs_lost_total')).toBe(1)
    expect(running.guardian.inputsLost).toBe(1)
    const second = await scene.put(tick('bot1', 1003), tick('bot1', 1004))
    await scene.settled(running)
    expect((await scene.eventsOf('bot1')).map(({ inputSeq }) => inputSeq)).toEqual([
      first - 2,
      first,
      second - 1,
      second,
    ])
    expect(await running.metric('guardian_inputs_lost_total')).toBe(1)
  })
})

describe('a risk log', () => {
  const fault = async () => {
    const error = await startHere(startGuardian, { NATS_URL: scene.url }).catch((reason: Error) => reason)
    return error instanceof Error ? `${error.message}: ${(error.cause as Error | undefined)?.message}` : 'none'
  }

  it('with an event far back that cannot be read ends the guardian although nobody needs it', async () => {
    const described = headers()
    described.set(headerNames.settled, '0')
    await jetstream(scene.connection).publish('guardian.out.assessed.bot1', 'hello', { headers: described })
    const running = await scene.start({ readAtOnce: 0 })
    await eventually(() => running.failures.length > 0, { what: 'the guardian to end' })
    expect(String(running.failures[0])).toMatch(
      /event \d+ of the risk log, of trader bot1, cannot be read: is not JSON/,
    )
  })

  it.each<readonly [title: string, subject: string, payload: string, settled: string, reason: RegExp]>([
    [
      'an event that is not JSON',
      'guardian.out.assessed.bot1',
      'hello',
      '0',
      /event \d+ of the risk log .*is not JSON/,
    ],
    ['an event of another schema', 'guardian.out.assessed.bot1', '{"schema": 9}', '0', /schema must be 1/],
    ['flags that cannot be read', 'guardian.out.config.flags', '{}', '0', /risk\.config\.flags\) cannot be read/],
    ['a watermark that is no number', 'guardian.out.config.settled', '{}', 'x', /Drawbridge-Settled is not a whole/],
  ])('with %s ends the guardian with a clear error', async (_title, subject, payload, settled, reason) => {
    const running = await scene.start()
    await scene.settled(running)
    await running.stop()
    const described = headers()
    described.set(headerNames.settled, settled)
    await jetstream(scene.connection).publish(subject, payload, { headers: described })
    expect(await fault()).toMatch(reason)
  })

  it('with an event on the subject of another trader is refused likewise', async () => {
    const running = await scene.start()
    await scene.put(tick('bot1', 1000))
    await scene.settled(running)
    const [event] = await scene.eventsOf('bot1')
    await running.stop()
    await jetstream(scene.connection).publish(subjects.out('assessed', 'bot2'), JSON.stringify(event))
    expect(await fault()).toMatch(/it is of trader bot1/)
  })

  it('that was recreated ends a guardian that knew the old one', async () => {
    const running = await scene.start()
    await scene.put(tick('bot1', 1000))
    await scene.settled(running)
    const { config } = await scene.manager.streams.info(streams.risk)
    await scene.manager.streams.delete(streams.risk)
    await scene.manager.streams.add(config)
    await scene.put(tick('bot1', 1000))
    await eventually(() => running.failures.length > 0, { timeoutMs: 30_000, what: 'the guardian to give up' })
    expect(running.failures[0]?.message).toMatch(/RISK/)
  })
})

describe('a NATS server that restarts', () => {
  it('holds up a guardian, which loses and doubles nothing', { timeout: 120_000 }, async () => {
    const dataDir = await mkdtemp(path.join(tmpdir(), 'drawbridge-guardian-'))
    const port = await freePort()
    let server = await startPrivateNats({ dataDir, port })
    const own = await Scene.open({}, server.url)
    try {
      const running = await own.start()
      const next = wander(11)
      for (let restart = 0; restart < 3; restart++) {
        const ticks = Array.from({ length: 3_000 }, (_, index) => tick(`bot${index % 30}`, next()))
        await own.put(...ticks, command('resume', 'bot1'), limits({ max_drawdown: 10 + restart }), tick('bot1', next()))
        await server.stop()
        server = await startPrivateNats({ dataDir, port })
        await eventually(() => own.lastSeq(streams.inputs), { timeoutMs: 20_000, what: 'NATS to answer again' })
      }
      await own.settled(running, 60_000)
      await own.expectSameAsOffline()
      expect(await running.metric('guardian_divergence_total')).toBe(0)
    } finally {
      await own.close()
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})
