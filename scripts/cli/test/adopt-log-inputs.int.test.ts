import { streams, subjects, toJsonBytes } from '@drawbridge/contracts'
import { migrate } from '@drawbridge/migrations'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, type TestDatabase } from '@drawbridge/testing'
import { command, flags, limits, Scene, tick } from '@drawbridge/testing/guardian-scene'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { placeInputs, settledUpTo, unknownConfigurations } from '../adopt-log/inputs.ts'
import { KnownConfigurations } from '../adopt-log/known-configurations.ts'
import type { KnownTrader } from '../adopt-log/known-history.ts'
import type { Adoption } from '../adopt-log/record.ts'

let scene: Scene
let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  scene = await Scene.open()
  database = await createDatabase()
  await migrate(database.url, createLogger('test', 'silent'))
  client = new pg.Client(database.url)
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
  await scene.close()
})
/** INPUTS then holds the first flags and limits, inputs 1 and 2; the history knows them. */
beforeEach(async () => {
  await scene.recreateStreams()
  await client.query('TRUNCATE risk_config_history')
  await know('flags', 1)
  await know('limits', 2)
})

function know(kind: string, inputSeq: number): Promise<unknown> {
  return client.query(
    `INSERT INTO risk_config_history (kind, input_seq, stream_seq, recorded_at, detail) VALUES ($1, $2, 1, now(), '{}')`,
    [kind, inputSeq],
  )
}

const info = () => scene.manager.streams.info(streams.inputs)
const timeOf = async (seq: number) =>
  (await scene.manager.streams.getMessage(streams.inputs, { seq }))?.time.getTime() ?? 0
const HOUR = 3_600_000

describe('INPUTS is', () => {
  const record = (inputsCreated: string, inputsOffset: number): Adoption => ({
    created: 'log',
    previous: null,
    inputsCreated,
    inputsOffset,
    settled: 0,
    by: 'ada',
    reason: 'lost',
    begunAt: new Date(),
    finishedAt: null,
  })

  test('the old one where it holds the newest input that is known', async () => {
    const inputs = await info()
    const newest = { inputSeq: 2, recordedAt: await timeOf(2) }
    expect(await placeInputs(scene.manager, inputs, newest, null)).toMatchObject({ offset: 0, isNew: false })
    const counted = { ...newest, inputSeq: 502 }
    const last = record('before', 500)
    // Restored with what it held, it may have another creation time than the adoption knows.
    expect(await placeInputs(scene.manager, inputs, counted, last)).toMatchObject({ offset: 500, isNew: false })
  })

  test('the old one where an adoption says so', async () => {
    const inputs = await info()
    const newest = { inputSeq: 10_000, recordedAt: Date.now() }
    const place = await placeInputs(scene.manager, inputs, newest, record(inputs.created, 700))
    expect(place).toEqual({ created: inputs.created, offset: 700, isNew: false })
  })

  test('the old one where the newest known input has left it', async () => {
    await scene.manager.streams.purge(streams.inputs)
    const newest = { inputSeq: 2, recordedAt: Date.now() }
    expect(await placeInputs(scene.manager, await info(), newest, null)).toMatchObject({ offset: 0, isNew: false })
  })

  test('a new one where it is younger than the newest known input, however many inputs it holds', async () => {
    const newest = { inputSeq: 2, recordedAt: Date.parse((await info()).created) - HOUR }
    expect(await placeInputs(scene.manager, await info(), newest, null)).toMatchObject({ offset: 2, isNew: true })
    const beyond = { ...newest, inputSeq: 900 }
    expect(await placeInputs(scene.manager, await info(), beyond, null)).toMatchObject({ offset: 900, isNew: true })
    const known = record('before', 100)
    expect(await placeInputs(scene.manager, await info(), beyond, known)).toMatchObject({ offset: 900, isNew: true })
  })

  test.each([
    ['holds another input in its place', 2],
    ['ends before it', 900],
  ])('neither where it is older than the newest known input and %s', async (_case, inputSeq) => {
    const newest = { inputSeq, recordedAt: Date.now() + HOUR }
    await expect(placeInputs(scene.manager, await info(), newest, null)).rejects.toThrow(/does not hold it.*backup/)
  })
})

describe('the watermark', () => {
  /** The watermark for an INPUTS that is the old one. */
  async function watermark(known: Record<string, KnownTrader>): Promise<number> {
    const inputs = await info()
    const place = { created: inputs.created, offset: 0, isNew: false }
    const configurations = await KnownConfigurations.read(client)
    const unknown = await unknownConfigurations(scene.connection, inputs, place, configurations)
    const decided = { traders: new Map(Object.entries(known)), newest: null }
    return settledUpTo(scene.manager, inputs, place, decided, configurations, unknown)
  }
  const upTo = (inputSeq: number, isPaused = false): KnownTrader => ({ inputSeq, isPaused })

  test('is the end where the history knows everything', async () => {
    const last = await scene.put(tick('bot1', 1000), tick('bot2', 1000), tick('bot1', 1001))
    expect(await watermark({ bot1: upTo(last), bot2: upTo(last - 1) })).toBe(last)
    expect(await watermark({ bot1: upTo(last), bot2: upTo(last - 1, true) })).toBe(last)
  })

  test.each([
    ['a tick that the history does not know', tick('bot1', 1001)],
    ['a tick of a trader that it does not know', tick('bot2', 1000)],
    ['a command that may have come to nothing', command('wake', 'bot1')],
    ['a change of limits that it does not know', limits({ max_drawdown: 3 })],
    ['flags that it does not know', flags({ enable_persistence: true })],
    ['flags that cannot be read, and may not be in REJECTS', flags({ enable_what: true })],
    ['what no trader can be found of', { subject: 'equity.tick.a.b', payload: toJsonBytes({}) }],
  ])('ends before %s', async (_case, input) => {
    const first = await scene.put(tick('bot1', 1000))
    await scene.put(input, tick('bot3', 1000))
    expect(await watermark({ bot1: upTo(first), bot3: upTo(first + 2) })).toBe(first)
  })

  test('ends before flags by which a pause may have been lifted that the history still has', async () => {
    const paused = await scene.put(tick('bot1', 1000))
    const switched = await scene.put(flags({ enable_risk_enforcement: false }))
    await know('flags', switched)
    const last = await scene.put(tick('bot2', 1000))
    expect(await watermark({ bot1: upTo(paused, true), bot2: upTo(last) })).toBe(paused)
    expect(await watermark({ bot1: upTo(paused), bot2: upTo(last) })).toBe(last)
    expect(await watermark({ bot1: upTo(switched, true), bot2: upTo(last) })).toBe(last)
  })

  test('misses nothing of what has left INPUTS', async () => {
    const last = await scene.put(tick('bot1', 1000), tick('bot2', 1000), tick('bot1', 1001))
    await scene.manager.streams.purge(streams.inputs, { seq: last })
    expect(await watermark({ bot2: upTo(last - 1) })).toBe(last - 1)
    expect(await watermark({ bot1: upTo(last), bot2: upTo(last - 1) })).toBe(last)
  })

  test('does not pass what came while it was looked for', async () => {
    const last = await scene.put(tick('bot1', 1000))
    const inputs = await info()
    const place = { created: inputs.created, offset: 0, isNew: false }
    const configurations = await KnownConfigurations.read(client)
    await scene.put(limits({ max_drawdown: 3 }))
    const decided = { traders: new Map([['bot1', upTo(last)]]), newest: null }
    expect(await settledUpTo(scene.manager, inputs, place, decided, configurations, [])).toBe(last)
  })

  test('of a new INPUTS is its begin', async () => {
    const inputs = await info()
    const place = { created: inputs.created, offset: 500, isNew: true }
    const configurations = await KnownConfigurations.read(client)
    const decided = { traders: new Map(), newest: null }
    expect(await settledUpTo(scene.manager, inputs, place, decided, configurations, [])).toBe(500)
  })
})

test('every subject of INPUTS is asked for, however many there are', async () => {
  const ticks = Array.from({ length: 1_000 }, (_, index) => tick(`bot${index}`, 1000))
  const last = await scene.put(...ticks)
  const inputs = await info()
  const place = { created: inputs.created, offset: 0, isNew: false }
  const configurations = await KnownConfigurations.read(client)
  const traders = new Map(
    ticks.map(({ subject }, index) => [
      subject.slice(subjects.tick('').length),
      { inputSeq: 3 + index, isPaused: false },
    ]),
  )
  expect(await settledUpTo(scene.manager, inputs, place, { traders, newest: null }, configurations, [])).toBe(last)
  traders.set('bot777', { inputSeq: 3, isPaused: false })
  expect(await settledUpTo(scene.manager, inputs, place, { traders, newest: null }, configurations, [])).toBe(
    3 + 777 - 1,
  )
})
