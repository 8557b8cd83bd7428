import {
  type ConfigEvent,
  decodeRiskEvent,
  encodeConfigEvent,
  encodeRiskEvent,
  encodeSettled,
  headerNames,
  parseEventSubject,
  type RiskEvent,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import { migrate } from '@drawbridge/migrations'
import { RULES_VERSION } from '@drawbridge/risk-engine'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, type TestDatabase } from '@drawbridge/testing'
import { command, flags, limits, Scene, tick, wander } from '@drawbridge/testing/guardian-scene'
import { runCommand } from '@drawbridge/testing/run-command'
import { jetstream } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'

let scene: Scene
let database: TestDatabase
let pool: pg.Pool
beforeAll(async () => {
  database = await createDatabase()
  await migrate(database.url, createLogger('test', 'silent'))
  pool = new pg.Pool({ connectionString: database.url, max: 1 })
})
beforeEach(async () => {
  scene = await Scene.open()
  await pool.query('TRUNCATE risk_state, risk_limit_state, risk_state_history, risk_config_history, risk_log_epoch')
})
afterEach(() => scene.close())
afterAll(async () => {
  await pool.end()
  await database.drop()
})

/** Everything that can be asked of a guardian, of three traders: 96 inputs. */
function inputs() {
  const equities = wander(3)
  const ticks = (count: number) =>
    Array.from({ length: count }, (_, index) => tick(`bot${index % 3}`, equities(), { seq: index }))
  return [
    ...ticks(30),
    command('pause', 'bot0', { reason: 'lunch', by: 'ada' }),
    { subject: subjects.tick('bot1'), payload: new TextEncoder().encode('garbage\n') },
    limits({ max_drawdown: 30, traders: { bot2: { max_daily_loss: 50 } } }),
    ...ticks(20),
    flags({ enable_risk_enforcement: false }),
    command('resume', 'bot0', { by: 'ada' }),
    command('resume', 'bot1', { by: 'ada' }),
    ...ticks(20),
    flags({ enable_risk_enforcement: true }),
    command('cash-flow', 'bot1', { amount: 100 }),
    command('limits', 'bot1', { max_daily_loss: 7 }),
    tick('bad.id', 1),
    ...ticks(16),
  ]
}

/** Has a guardian judge the inputs, and ends it. */
async function judge(...some: ReturnType<typeof inputs>): Promise<void> {
  const running = await scene.start()
  await scene.put(...some)
  await scene.settled(running)
  await running.stop()
}

interface Verified {
  readonly code: number | null
  readonly findings: readonly object[]
  readonly result: { readonly decisions: unknown }
}

/** Compares with tables that were just made of the log. */
async function verify(): Promise<Verified> {
  expect(await runCommand(database.url, 'rebuild', 'history')).toMatchObject({ code: 0 })
  const { code, stdout } = await runCommand(database.url, 'verify', '--wait', '0', '--json')
  const lines = stdout.split('\n').filter((line) => line !== '')
  const objects = lines.map((line) => JSON.parse(line) as object)
  return { code, findings: objects.slice(0, -1), result: objects.at(-1) as Verified['result'] }
}

/** The last event of a trader. */
async function lastOf(trader: TraderId): Promise<{ readonly event: RiskEvent; readonly seq: number }> {
  const last = await scene.manager.streams.getMessage(streams.risk, { last_by_subj: subjects.traderLog(trader) })
  const event = decodeRiskEvent(last?.data ?? new Uint8Array())
  if (!event.ok || last === null) throw new Error(`${trader} has no event`)
  return { event: event.value, seq: last.seq }
}

/** Puts an event straight into the log, with the headers of a guardian. @returns its sequence */
async function forge(event: RiskEvent, settled = 0): Promise<number> {
  const { seq } = await lastOf(event.trader)
  const carried = headers()
  carried.set(headerNames.expectedLastSubjectSequence, String(seq))
  carried.set(headerNames.expectedLastSubjectSequenceSubject, subjects.traderLog(event.trader))
  carried.set(headerNames.settled, String(settled))
  carried.set(headerNames.guardian, 'nobody')
  const subject = subjects.out(event.type, event.trader)
  return (await jetstream(scene.connection).publish(subject, encodeRiskEvent(event), { headers: carried })).seq
}

/** When JetStream took an input. */
async function takenAt(seq: number): Promise<number> {
  return (await scene.manager.streams.getMessage(streams.inputs, { seq }))?.time.getTime() ?? 0
}

/** The event that follows another one, of an input, with another equity. */
function next({ state, ...event }: RiskEvent, inputSeq: number, change: Partial<RiskEvent> = {}): RiskEvent {
  return { ...event, facts: [], state: { ...state, version: state.version + 1, inputSeq, equity: 777n }, ...change }
}

test('every event that a guardian made is what the rules make of its input', async () => {
  await judge(...inputs())

  const { code, findings, result } = await verify()

  expect(findings).toEqual([])
  expect(code).toBe(0)
  const log = await scene.read(streams.risk)
  const events = log.filter(({ subject }) => subject !== subjects.config('settled')).length
  expect(events).toBeGreaterThan(80)
  expect(result.decisions).toEqual({ rulesVersion: RULES_VERSION, judged: events, otherRules: 0, withoutInput: 0 })
})

test('while guardians judge and disagree about nothing, nothing is found', async () => {
  const running = await Promise.all([scene.start({ takeoverMs: 0 }), scene.start({ takeoverMs: 0 })])
  let isOver = false
  const load = async () => {
    while (!isOver) {
      await scene.put(...inputs())
      await scene.settled(running[0])
    }
  }
  const loading = load()
  const verified = [await verify(), await verify()]
  isOver = true
  await loading
  for (const guardian of running) await scene.settled(guardian)

  // There is no persister: what came after the tables were made is missing there.
  const ofTheLog = verified.map(({ findings }) =>
    findings.filter((finding) => 'where' in finding && finding.where === 'RISK'),
  )
  expect(ofTheLog).toEqual([[], []])
})

test('an event that says something else than the rules is named, with what they say, and those after it are right', async () => {
  await judge(...inputs(), tick('bot1', 1233))
  const seq = await scene.put(tick('bot1', 1234))
  const forged = await forge(next((await lastOf('bot1')).event, seq, { recordedAt: await takenAt(seq) }))
  await judge(tick('bot1', 1300), tick('bot2', 900))

  const { code, findings } = await verify()

  expect(findings).toEqual([
    {
      finding: 'decided-otherwise',
      where: 'RISK',
      of: 'bot1',
      version: expect.any(Number),
      streamSeq: forged,
      says: expect.stringContaining('state.equity would be "1234", the log says "0.00000777"'),
    },
  ])
  expect(code).toBe(1)
})

test.each([
  ['was judged before', async () => (await lastOf('bot1')).event.state.inputSeq],
  ["is another trader's", async () => (await lastOf('bot2')).event.state.inputSeq],
])('an event of an input that %s is named', async (_, inputSeq) => {
  await judge(...inputs())
  const forged = await forge(next((await lastOf('bot1')).event, await inputSeq()))
  await judge(tick('bot0', 1300), tick('bot2', 900))

  const { findings } = await verify()

  expect(findings).toMatchObject([
    {
      finding: 'decided-otherwise',
      of: 'bot1',
      streamSeq: forged,
      says: expect.stringContaining('the rules make no event'),
    },
  ])
})

test('an event of an input that there is none of is named, and what it says of other inputs is not believed', async () => {
  await judge(...inputs())
  await scene.put(tick('bot2', 900))
  const forged = await forge(next((await lastOf('bot1')).event, 1_000_000), 999_999)

  const { findings } = await verify()

  expect(findings).toMatchObject([{ finding: 'decided-otherwise', of: 'bot1', streamSeq: forged }])
})

test('a pause of all, and its end, are what the rules make of them, in the log and in the history', async () => {
  await judge(
    ...inputs(),
    flags({ pause_all: {}, reason: 'storm' }),
    tick('late', 1000),
    tick('bot0', 990),
    flags({ enable_risk_enforcement: false }),
    tick('bot1', 980),
    command('restart', 'bot2', { reason: 'phase 2' }),
    flags({ pause_all: null, reason: 'over' }),
    tick('late', 1001),
    flags({ pause_all: null, reason: 'once too often' }),
  )

  const { code, findings } = await verify()

  expect({ code, findings }).toEqual({ code: 0, findings: [] })
  const last = await scene.manager.streams.getMessage(streams.risk, { last_by_subj: subjects.config('flags') })
  expect(last?.json()).toMatchObject({ previous: { pause_all: { reason: 'storm' } }, reason: 'over' })
})

test('a configuration that no input asked for is named', async () => {
  await judge(...inputs())
  const event: ConfigEvent = {
    kind: 'flags',
    inputSeq: 5,
    recordedAt: Date.UTC(2026, 2, 12),
    reason: null,
    by: 'nobody',
    enforcement: false,
    persistence: true,
    previous: null,
  }
  const { seq } = await jetstream(scene.connection).publish(subjects.outConfig('flags'), encodeConfigEvent(event))
  await judge(flags({ enable_risk_enforcement: true }))

  expect((await verify()).findings).toMatchObject([{ finding: 'decided-otherwise', of: 'flags', streamSeq: seq }])
})

test('a configuration of before events said what held before it, and who claims to be its author, is what the rules make of it', async () => {
  await judge(...inputs())
  const seq = await scene.put(flags({ enable_persistence: false, by: 'ada' }))
  const input = await scene.manager.streams.getMessage(streams.inputs, { seq })
  const event: ConfigEvent = {
    kind: 'flags',
    inputSeq: seq,
    recordedAt: input?.time.getTime() ?? 0,
    reason: null,
    by: 'ada',
    enforcement: true,
    persistence: false,
    previous: null,
  }
  await jetstream(scene.connection).publish(subjects.outConfig('flags'), encodeConfigEvent(event))
  await judge(flags({ enable_persistence: true }))

  const { findings } = await verify()

  expect(findings).toEqual([])
  const last = await scene.manager.streams.getMessage(streams.risk, { last_by_subj: subjects.config('flags') })
  expect(last?.json()).toMatchObject({ inputSeq: seq + 1, previous: { enable_persistence: false } })
})

test('an input that the log passed without an event is named', async () => {
  await judge(...inputs())
  const settled = await scene.put(
    tick('bot1', 1234),
    limits({ max_drawdown: 33 }),
    command('resume', 'new-bot', { by: 'ada' }),
  )
  const { created: inputsCreated } = await scene.manager.streams.info(streams.inputs)
  const claim = headers()
  claim.set(headerNames.settled, String(settled))
  const bytes = encodeSettled({ settled, inputsCreated })
  await jetstream(scene.connection).publish(subjects.outConfig('settled'), bytes, { headers: claim })
  await judge(tick('bot1', 1300), tick('bot2', 900))

  expect((await verify()).findings).toMatchObject([
    {
      finding: 'undecided',
      of: 'bot1',
      says: expect.stringContaining(`of input ${settled - 2} the rules make an event`),
    },
    { finding: 'undecided', of: 'limits', says: expect.stringContaining(`of input ${settled - 1}`) },
  ])
})

test('events of other rules are counted apart, and judging goes on from them', async () => {
  await judge(...inputs())
  const seq = await scene.put(tick('bot1', 1234))
  await forge(next((await lastOf('bot1')).event, seq, { rulesVersion: 99, recordedAt: await takenAt(seq) }))
  await judge(tick('bot1', 1300))

  const { code, findings, result } = await verify()

  expect(findings).toEqual([])
  expect(code).toBe(0)
  expect(result.decisions).toMatchObject({ otherRules: 1 })
})

test('events whose inputs have left INPUTS are counted apart, and judging begins with the first that is there', async () => {
  await judge(...inputs(), ...inputs())
  await scene.manager.streams.purge(streams.inputs, { seq: 100 })
  const forged = await forge(next((await lastOf('bot1')).event, 150))

  const { findings, result } = await verify()

  const log = await scene.read(streams.risk)
  const isBefore = ({ payload, subject }: (typeof log)[number]) => {
    const { inputSeq } = JSON.parse(new TextDecoder().decode(payload)) as { inputSeq: number }
    return parseEventSubject(subject).kind !== 'unknown' && inputSeq < 100
  }
  expect(findings).toMatchObject([{ finding: 'decided-otherwise', streamSeq: forged }])
  expect(result.decisions).toMatchObject({ withoutInput: log.filter(isBefore).length })
})

test('where INPUTS is not the one that the log was made from, nothing is judged, and that is said', async () => {
  await judge(...inputs())
  const { config } = await scene.manager.streams.info(streams.inputs)
  await scene.manager.streams.delete(streams.inputs)
  await scene.manager.streams.add(config)
  expect(await runCommand(database.url, 'rebuild', 'history')).toMatchObject({ code: 0 })

  const { code, stdout } = await runCommand(database.url, 'verify', '--wait', '0')

  expect(code).toBe(0)
  expect(stdout).toMatch(
    /Nothing was judged again: INPUTS was created at .*, and RISK was made from the one created at /,
  )
})
