import { HTTP_USER, headerNames, streams, subjects } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { command, json, type Publish, Scene, tick, wander } from '@drawbridge/testing/guardian-scene'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

describe('judging', () => {
  it('makes one event of each tick, in order, with the bytes that the engine alone gives', async () => {
    const running = await scene.start()
    const wanderers = Array.from({ length: 50 }, (_, index) => wander(index + 1))
    const ticks: Publish[] = []
    for (let round = 0; round < 100; round++) {
      for (const [index, next] of wanderers.entries()) ticks.push(tick(`bot${index}`, next()))
    }
    await scene.put(...ticks)
    await scene.settled(running)
    const { events, rejected } = await scene.expectSameAsOffline()
    expect(rejected).toEqual([])
    expect(events).toHaveLength(2 + 5_000)
    const breaches = events.filter(({ subject }) => subject.startsWith('risk.breach.'))
    expect(breaches.length).toBeGreaterThan(10)
    const log = (await scene.read(streams.risk)).map(({ payload }) => json(payload))
    for (let index = 0; index < 50; index++) {
      const own = log.filter(({ trader }) => trader === `bot${index}`)
      expect(own.map(({ version }) => version)).toEqual(Array.from({ length: 100 }, (_, round) => round + 1))
      const inputs = own.map(({ inputSeq }) => Number(inputSeq))
      expect(inputs.every((seq, at) => seq > (inputs[at - 1] ?? 0))).toBe(true)
    }
  })

  it('rejects what cannot be read on a valid tick subject with an event, and changes nothing else', async () => {
    const running = await scene.start()
    const bytes = (text: string) => ({ subject: subjects.tick('bot1'), payload: new TextEncoder().encode(text) })
    const texts = ['', 'hello', '{"equity": NaN}', '{"equity": "many"}', '{"equity": 1e400}', '[]']
    await scene.put(tick('bot1', 1000), ...texts.map(bytes), { ...bytes(''), payload: new Uint8Array([0xff, 0xfe]) })
    await scene.settled(running)
    await scene.expectSameAsOffline()
    const [first, ...rest] = await scene.eventsOf('bot1')
    expect(rest.map(({ type }) => type)).toEqual(Array.from({ length: texts.length + 1 }, () => 'tick-rejected'))
    const before = first?.state as { readonly undo: object }
    for (const { recordedAt, state: told } of rest) {
      const { doubt, lastTickAt, ...state } = told as { readonly doubt: unknown; readonly lastTickAt?: string }
      // Entries wait until the next good reading, and an undo names the version of the reading that it takes back.
      expect({ ...state, doubt }).toEqual({ ...before, doubt, undo: { ...before.undo, version: 1 } })
      // It is left out where it is the time of the event.
      expect(lastTickAt ?? recordedAt).toBe(first?.recordedAt)
      expect(doubt).toEqual({ late: null, pending: null, rejected: expect.any(String) })
    }
  })

  it('never sees a tick of 2 MB: NATS refuses it', async () => {
    const running = await scene.start()
    const payload = new TextEncoder().encode(`{"equity": 1, "note": "${'x'.repeat(2_000_000)}"}`)
    await expect(scene.put({ subject: subjects.tick('bot1'), payload })).rejects.toThrow(/max_payload/)
    await scene.put(tick('bot1', 1000))
    await scene.settled(running)
    expect(await scene.eventsOf('bot1')).toMatchObject([{ version: 1, inputSeq: 3 }])
  })

  it('carries the trace of an input to its event, and nothing that is no trace', async () => {
    const running = await scene.start()
    await scene.put(
      { ...tick('bot1', 1000), traceparent: TRACEPARENT },
      { ...tick('bot1', 1001), traceparent: 'x'.repeat(65_000) },
      tick('bot1', 1002),
    )
    await scene.settled(running)
    const events = (await scene.read(streams.risk)).filter(({ subject }) => subject.endsWith('.bot1'))
    expect(events.map(({ header }) => header(headerNames.traceparent))).toEqual([TRACEPARENT, '', ''])
    expect(events.map(({ header }) => header(headerNames.guardian))).toEqual(Array(3).fill(running.name))
  })

  it('is heard by plain subscribers once each breach is stored, with its place in the log', async () => {
    const heard: { readonly subject: string; readonly seq: number }[] = []
    const subscription = scene.connection.subscribe('risk.breach.>', {
      callback: (_error, message) => {
        heard.push({ subject: message.subject, seq: Number(message.headers?.get('Nats-Sequence')) })
      },
    })
    const first = await scene.start()
    const second = await scene.start()
    const wanderers = Array.from({ length: 20 }, (_, index) => wander(100 + index))
    for (let round = 0; round < 100; round++) {
      await scene.put(...wanderers.map((next, index) => tick(`bot${index}`, next())))
    }
    await scene.settled(first)
    await scene.settled(second)
    const breaches = (await scene.read(streams.risk)).filter(({ subject }) => subject.startsWith('risk.breach.'))
    expect(breaches.length).toBeGreaterThan(10)
    await eventually(() => heard.length >= breaches.length, { what: 'all breaches to be heard' })
    await scene.connection.flush()
    expect(heard).toEqual(breaches.map(({ subject, seq }) => ({ subject, seq })))
    subscription.unsubscribe()
  })
})

describe('an operator', () => {
  it('pauses, resumes, changes limits and books cash; each makes one event', async () => {
    const running = await scene.start()
    await scene.put(
      tick('bot1', 1000),
      command('pause', 'bot1', { reason: 'holiday', by: 'ann' }),
      command('resume', 'bot1', { by: 'ann' }),
      command('limits', 'bot1', { max_drawdown: 1 }),
      command('cash-flow', 'bot1', { amount: '-100.5' }),
      tick('bot1', 890),
      command('pause', 'bot2', { reason: 'not yet' }),
    )
    await scene.settled(running)
    await scene.expectSameAsOffline()
    const types = (await scene.eventsOf('bot1')).map(({ type }) => type)
    expect(types).toEqual(['assessed', 'paused', 'resumed', 'limits-changed', 'cash-flow', 'breach'])
    expect((await scene.eventsOf('bot2')).map(({ type }) => type)).toEqual(['paused'])
  })

  it('is named as far as the subject vouches for it; what else it says is for whom', async () => {
    const running = await scene.start()
    const said = new TextEncoder().encode('{"reason": "holiday", "by": "eve", "onBehalfOf": "bob"}')
    await scene.put(
      { subject: subjects.command('ann', 'pause', 'bot1'), payload: said },
      { subject: subjects.command(HTTP_USER, 'pause', 'bot1'), payload: said },
      { subject: subjects.control('pause', 'bot1'), payload: said },
    )
    await scene.settled(running)
    await scene.expectSameAsOffline()
    const facts = (await scene.eventsOf('bot1')).flatMap((event) => event.facts)
    expect(facts).toMatchObject([
      { kind: 'paused', by: 'ann', onBehalfOf: 'bob' },
      { kind: 'paused', by: 'eve', onBehalfOf: 'bob' },
      { kind: 'paused', by: 'unverified:eve', onBehalfOf: 'bob' },
    ])
  })
})

describe('what no log of a trader can hold', () => {
  it('goes to REJECTS once, with the reason and where it came from', async () => {
    const first = await scene.start()
    const payload = new TextEncoder().encode('{"equity": 1000}')
    const refused: readonly (readonly [Publish, RegExp])[] = [
      [{ subject: 'equity.tick.a.b', payload }, /trader id "a\.b" must be/],
      [{ subject: 'equity.tick.käse', payload }, /trader id "käse" must be/],
      [{ subject: `equity.tick.${'x'.repeat(65)}`, payload }, /must be 1 to 64/],
      [{ subject: 'equity.tick.flags', payload }, /"flags" is reserved/],
      [{ subject: 'equity.tock.bot1', payload }, /no input is known by the subject/],
      [{ subject: 'control.nonsense.bot1', payload }, /no input is known by the subject/],
      [{ subject: 'control.pause.settled', payload }, /"settled" is reserved/],
      [command('pause', 'bot1', {}), /reason is missing/],
      [command('resume', 'bot1'), /is not paused/],
      [command('cash-flow', 'bot1', { amount: 5 }), /has not reported any equity/],
      [command('limits', 'bot1', { max_drawdawn: 5 }), /did you mean "max_drawdown"/],
      [{ subject: subjects.controlLimits, payload }, /unknown field "equity"/],
      [{ subject: subjects.controlFlags, payload: new Uint8Array() }, /is empty/],
      [command('pause', 'bot1', { reason: 'x', until: '2020-01-01T00:00:00Z' }), /is not after/],
    ]
    await scene.put(...refused.map(([input]) => input))
    await scene.settled(first)
    await first.stop()
    // It judges them again, as no event has carried on how far all was settled.
    const second = await scene.start()
    await scene.settled(second)
    await scene.expectSameAsOffline()
    const rejects = await scene.rejects()
    rejects.sort((a, b) => Number(a.header(headerNames.rejectSequence)) - Number(b.header(headerNames.rejectSequence)))
    expect(rejects).toHaveLength(refused.length)
    for (const [index, [input, reason]] of refused.entries()) {
      expect(rejects[index]?.subject).toBe('rejects.INPUTS')
      expect(rejects[index]?.header(headerNames.rejectReason)).toMatch(reason)
      expect(rejects[index]?.header(headerNames.rejectSubject)).toBe(input.subject)
      expect(rejects[index]?.header(headerNames.rejectSequence)).toBe(String(index + 3))
      expect(Buffer.compare(rejects[index]?.payload ?? new Uint8Array(), input.payload)).toBe(0)
    }
    expect(await scene.eventsOf('bot1')).toEqual([])
  })

  it('is cut where it is so long that it does not fit with the reason', async () => {
    const running = await scene.start()
    const payload = new Uint8Array(1_048_000).fill(120)
    const seq = await scene.put({ subject: subjects.control('pause', 'bot1'), payload })
    await scene.put(tick('bot1', 1000))
    await scene.settled(running)
    const [reject] = await scene.rejects()
    expect(reject?.header(headerNames.rejectSequence)).toBe(String(seq))
    expect(reject?.header(headerNames.rejectReason)).toMatch(/is not JSON.*of 1048000 bytes are kept/)
    expect(reject?.payload.length).toBeGreaterThan(1_000_000)
  })

  it('includes traders beyond the bound, counted by the events before and not by how fast they were judged', async () => {
    await scene.recreateStreams({ max_traders: 2 })
    const running = await scene.start()
    await scene.put(
      tick('bot1', 1000),
      command('resume', 'nobody'),
      command('wake', 'nobody'),
      tick('bot2', 1000),
      tick('bot3', 1000),
      tick('bot1', 1001),
      command('pause', 'bot4', { reason: 'x' }),
      { subject: subjects.controlLimits, payload: new TextEncoder().encode('{"max_traders": 3}') },
      tick('bot3', 1002),
    )
    await scene.settled(running)
    const { rejected } = await scene.expectSameAsOffline()
    expect(rejected).toEqual([4, 7, 9])
    expect(await scene.eventsOf('bot3')).toHaveLength(1)
    const reasons = (await scene.rejects()).map(({ header }) => header(headerNames.rejectReason))
    expect(reasons.filter((reason) => /there are 2 traders already/.test(reason))).toHaveLength(2)
  })
})

describe('the settled watermark', () => {
  it('is written by an event of its own after 10,000 inputs without an event', async () => {
    const running = await scene.start()
    const wakes = Array.from({ length: 10_001 }, () => command('wake', 'nobody'))
    await scene.put(...wakes)
    await scene.settled(running)
    const last = await eventually(
      async () =>
        (await scene.read(streams.risk)).find(
          ({ subject, header }) =>
            subject === subjects.config('settled') && Number(header(headerNames.settled)) >= 10_000,
        ),
      { what: 'the watermark to be written' },
    )
    const written = json(last.payload) as { readonly type: string; readonly settled: number }
    expect(written).toMatchObject({ type: 'settled' })
    expect(written.settled).toBeGreaterThanOrEqual(10_000)
    // The header says how far it was when the event was sent, which may be a moment later.
    expect(written.settled).toBeLessThanOrEqual(Number(last.header(headerNames.settled)))
    await running.stop()
    const next = await scene.start()
    expect(next.guardian.settled).toBeGreaterThanOrEqual(10_000)
    await scene.settled(next)
  })
})
