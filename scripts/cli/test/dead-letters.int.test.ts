import { userInfo } from 'node:os'
import { decodeRemoved, encodeRemoved, headerNames, streams, subjects, toJsonBytes } from '@drawbridge/contracts'
import { Rejects, readRemovedInputs } from '@drawbridge/service-kit'
import { eventually, type Finished } from '@drawbridge/testing'
import { json, Scene, tick } from '@drawbridge/testing/guardian-scene'
import { runCommandWith, spawnCommandWith } from '@drawbridge/testing/run-command'
import { jetstream } from '@nats-io/jetstream'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

/** Who does it: there are no users of NATS here. */
const BY = userInfo().username

let scene: Scene

beforeAll(async () => {
  scene = await Scene.open()
})
afterAll(() => scene.close())
beforeEach(() => scene.recreateStreams())

function deadLetters(...args: readonly string[]): Promise<Finished> {
  return runCommandWith({}, 'dead-letters', ...args)
}

interface Listed {
  readonly seq: number
  readonly subject: string
  readonly sequence: number
  readonly reason: string
  readonly bytes: number
  readonly done: { readonly done: string; readonly input: number | null; readonly by: string } | null
}

async function listed(): Promise<readonly Listed[]> {
  const { code, stdout } = await deadLetters('list', '--json')
  expect(code).toBe(0)
  return (JSON.parse(stdout) as { deadLetters: readonly Listed[] }).deadLetters
}

/** Rejects an input as a guardian does. */
function reject(subject: string, seq: number, payload: string | Uint8Array, reason = 'no'): Promise<void> {
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
  return new Rejects(scene.connection, streams.inputs).keep({ subject, seq, payload: bytes, traceparent: '' }, reason)
}

describe('the list', () => {
  it('says where there is none', async () => {
    expect(await deadLetters('list')).toMatchObject({ code: 0, stdout: 'There are no dead letters.\n' })
  })

  it('has the newest first, and as many as are asked for', async () => {
    await reject('equity.tick.flags', 7, '{"equity":1}', 'reserved')
    await reject('control.x', 9, 'abc', 'no input')
    expect(await listed()).toMatchObject([
      { seq: 2, stream: 'INPUTS', subject: 'control.x', sequence: 9, reason: 'no input', bytes: 3 },
      {
        seq: 1,
        stream: 'INPUTS',
        subject: 'equity.tick.flags',
        sequence: 7,
        reason: 'reserved',
        bytes: 12,
        done: null,
      },
    ])
    const { stdout } = await deadLetters('list', '--limit', '1')
    expect(stdout).toMatch(/control\.x/)
    expect(stdout).not.toMatch(/equity/)
  })

  it('is there for who starts it as a program', async () => {
    await reject('control.x', 9, 'abc', 'no input')
    expect(await spawnCommandWith({}, 'dead-letters', 'list')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/INPUTS 9 +3 +control\.x +no input/),
    })
  })
})

describe('one dead letter', () => {
  it('is shown printable, whatever it holds', async () => {
    await reject('control.x', 9, Uint8Array.from([0x1b, 0x5b, 0x33, 0x31, 0x6d, 0xff, 0x41]), 'no input')
    const { code, stdout } = await deadLetters('show', '1')
    expect(code).toBe(0)
    expect(stdout).toMatch(/message 9 of INPUTS, on control\.x/)
    expect(stdout).not.toContain('\u001b')
    const whole = JSON.parse((await deadLetters('show', '1', '--json')).stdout)
    expect(whole).toMatchObject({ seq: 1, base64: 'G1szMW3/QQ==', headers: { [headerNames.rejectReason]: 'no input' } })
  })

  it('that is not there is named', async () => {
    for (const action of ['show', 'retry', 'discard']) {
      expect(await deadLetters(action, '5')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('dead letter 5'),
      })
    }
  })

  it('is discarded once it is recorded', async () => {
    await reject('control.x', 9, 'abc')
    await reject('control.y', 10, 'def')
    expect(await deadLetters('discard', '1', '--by', 'alice', '--reason', 'noise')).toMatchObject({ code: 0 })
    expect((await listed()).map(({ seq }) => seq)).toEqual([2])
    const held = await scene.read(streams.rejects)
    expect(held.map(({ subject }) => subject)).toEqual([subjects.rejects('INPUTS'), subjects.deadLetterRecord])
    expect(json(held[1]?.payload ?? new Uint8Array())).toEqual({
      done: 'discarded',
      letter: 1,
      subject: 'control.x',
      by: BY,
      reason: 'noise (on behalf of alice)',
      input: null,
    })
  })
})

describe('a retry', () => {
  it('is a new input on the same subject, which names the dead letter, and is decided', async () => {
    const running = await scene.start()
    await scene.put({ subject: subjects.controlLimits, payload: toJsonBytes({ max_traders: 1 }) }, tick('bot1', 1000))
    await scene.put(tick('bot2', 500))
    await eventually(async () => (await listed()).length === 1, { what: 'the tick to be rejected' })
    await scene.put({ subject: subjects.controlLimits, payload: toJsonBytes({ max_traders: 2 }) })
    const letter = String((await listed())[0]?.seq)
    const { code, stdout } = await deadLetters('retry', letter, '--by', 'alice', '--json')
    expect(code).toBe(0)
    await scene.settled(running)
    const { input } = JSON.parse(stdout) as { input: number }
    expect(await scene.eventsOf('bot2')).toMatchObject([{ type: 'assessed', inputSeq: input }])
    const sent = (await scene.read(streams.inputs)).find(({ seq }) => seq === input)
    expect([sent?.subject, sent?.header(headerNames.retryOf)]).toEqual([subjects.tick('bot2'), letter])
    expect(await listed()).toMatchObject([{ done: { done: 'retried', input, by: BY } }])
    await running.stop()
  })

  it('is sent all the same where another message has used up its id', async () => {
    await reject('control.resume.bot1', 9, '{}')
    const other = await jetstream(scene.connection).publish(subjects.tick('bot2'), '{"equity":1}', { msgID: 'retry:1' })
    const { code, stdout } = await deadLetters('retry', '1', '--json')
    expect([code, JSON.parse(stdout)]).toEqual([0, { done: 'retried', input: other.seq + 1 }])
  })

  it('is done once', async () => {
    await reject('control.resume.bot1', 9, '{}')
    expect(await deadLetters('retry', '1')).toMatchObject({ code: 0 })
    expect(await deadLetters('retry', '1')).toMatchObject({ code: 1, stderr: expect.stringContaining('already') })
    expect((await scene.read(streams.inputs)).filter(({ subject }) => subject === 'control.resume.bot1')).toHaveLength(
      1,
    )
  })

  it.each([
    [
      'of an event',
      () => new Rejects(scene.connection, streams.risk),
      subjects.event('breach', 'bot1'),
      10,
      'is from RISK',
    ],
    ['of no input', () => new Rejects(scene.connection, streams.inputs), 'control.x', 10, 'none for inputs'],
    ['without its end', () => new Rejects(scene.connection, streams.inputs), 'control.flags', 1_045_000, 'its end'],
  ])('%s is refused', async (_what, rejects, subject, bytes, words) => {
    await rejects().keep({ subject, seq: 9, payload: new Uint8Array(bytes), traceparent: '' }, 'no')
    expect(await deadLetters('retry', '1')).toMatchObject({ code: 1, stderr: expect.stringContaining(words) })
  })
})

describe('the removal of an input', () => {
  const why = ['--by', 'alice', '--reason', 'guardians end at it']

  it('keeps a copy and an event, and guardians go on behind it', async () => {
    await scene.put(tick('bot1', 1000))
    const harmful = await scene.put(tick('bot1', 666))
    const after = await scene.put(tick('bot1', 990))
    expect(await deadLetters('remove-input', String(harmful), ...why)).toMatchObject({ code: 0 })
    expect((await scene.read(streams.inputs)).map(({ seq }) => seq)).not.toContain(harmful)
    expect(await listed()).toMatchObject([
      {
        subject: subjects.tick('bot1'),
        sequence: harmful,
        reason: `removed by ${BY}: guardians end at it (on behalf of alice)`,
      },
    ])
    expect([...(await readRemovedInputs(scene.connection)).values()]).toEqual([
      { inputSeq: harmful, subject: subjects.tick('bot1'), by: BY, reason: 'guardians end at it (on behalf of alice)' },
    ])
    const running = await scene.start()
    await scene.settled(running)
    expect((await scene.eventsOf('bot1')).map(({ inputSeq }) => inputSeq)).toEqual([harmful - 1, after])
    expect(await running.metric('guardian_inputs_lost_total')).toBe(0)
    await running.stop()
  })

  it('is the last input: a guardian that starts counts it as settled, and gives signs of life', async () => {
    const harmful = await scene.put(tick('bot1', 666))
    expect(await deadLetters('remove-input', String(harmful), ...why)).toMatchObject({ code: 0 })
    const running = await scene.start({ leaseMs: 400 })
    await scene.settled(running)
    let beats = 0
    const onBeat = () => {
      beats += 1
    }
    const heard = scene.connection.subscribe(subjects.heartbeat, { callback: onBeat })
    await eventually(() => beats > 2, { what: 'heartbeats' })
    heard.unsubscribe()
    await running.stop()
  })

  it('that was stopped before the input was deleted goes on; guardians leave the input out meanwhile', async () => {
    const harmful = await scene.put(tick('bot1', 666))
    const event = { inputSeq: harmful, subject: subjects.tick('bot1'), reason: 'harms', by: 'alice' }
    await jetstream(scene.connection).publish(subjects.outConfig('removed'), encodeRemoved(event))
    const after = await scene.put(tick('bot1', 990))
    const running = await scene.start()
    await scene.settled(running)
    expect((await scene.eventsOf('bot1')).map(({ inputSeq }) => inputSeq)).toEqual([after])
    expect(await deadLetters('remove-input', String(harmful), ...why, '--json')).toMatchObject({
      code: 0,
      stdout: `${JSON.stringify({ done: 'now', event })}\n`,
    })
    expect((await scene.read(streams.inputs)).map(({ seq }) => seq)).not.toContain(harmful)
    await running.stop()
  })

  it('is said to be done where it is', async () => {
    const harmful = await scene.put(tick('bot1', 666))
    expect(await deadLetters('remove-input', String(harmful), ...why)).toMatchObject({ code: 0 })
    const again = await deadLetters('remove-input', String(harmful), '--by', 'bob', '--reason', 'again')
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining(`already, by ${BY}`) })
    const log = await scene.read(streams.risk)
    const stored = log.filter(({ subject }) => subject === subjects.config('removed'))
    expect(stored.map(({ payload }) => decodeRemoved(payload))).toMatchObject([{ value: { by: BY } }])
  })

  it('of what is not there is refused', async () => {
    expect(await deadLetters('remove-input', '4711', ...why)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('holds no input 4711'),
    })
    expect((await readRemovedInputs(scene.connection)).size).toBe(0)
  })
})

it.each([
  [[], 'say what to do'],
  [['burn', '1'], 'say what to do'],
  [['list', '1'], 'takes no sequence'],
  [['show'], 'needs a sequence'],
  [['show', 'x'], 'whole number'],
  [['retry', '0'], 'whole number'],
  [['discard', '1', '--reason', ' '], '--reason must be'],
  [['remove-input', '1', '--reason', 'x'], '--by is missing'],
  [['remove-input', '1', '--by', 'x'], '--reason is missing'],
  [['list', '--limit', '0'], '--limit must be'],
])('dead-letters %j is not valid', async (args, words) => {
  expect(await deadLetters(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(words) })
})
