import { runDrawbridge } from '@drawbridge/cli'
import { streams } from '@drawbridge/contracts'
import { callProgram, eventually, type Finished } from '@drawbridge/testing'
import { command, json, tick } from '@drawbridge/testing/guardian-scene'
import { describe, expect, test } from 'vitest'
import { cutTail, flipBit, flipNewestEvent, keepInSmallBlocks, StoreCopy } from './faults/damage.ts'
import type { PersisterProcess } from './faults/persister-process.ts'
import { System } from './faults/system.ts'
import { query } from './history.ts'

/** More than several files of the store hold. */
const OTHERS = 100
const GO_ON: readonly string[] = ['rested', 'other1', 'calm', 'loser']
const ADOPT = ['adopt-log', '--by', 'ada', '--reason', 'a bit was flipped'] as const

/** Runs a command of `npm run drawbridge` on the servers of a system. */
function drawbridge(system: System, ...words: readonly string[]): Promise<Finished> {
  const env = { NATS_URL: system.url, DATABASE_URL: persisterOf(system).database.url }
  return callProgram((context) => runDrawbridge(words, context), env)
}

function persisterOf({ persister }: System): PersisterProcess {
  if (persister === null) throw new Error('there is no persister')
  return persister
}

const streamOf = ({ scene }: System, name: string) =>
  eventually(() => scene.manager.streams.info(name), { what: 'NATS to answer' })

interface Known {
  readonly trader: string
  readonly version: number
  readonly paused: boolean
}

const knownTo = (system: System) =>
  query<Known & { trader: string }>(
    persisterOf(system).database.url,
    'SELECT trader_id AS trader, version::int, trading_paused AS paused FROM risk_state ORDER BY trader_id',
  )

/** A paused trader, two bots, and enough events of others that the pause is not in the last file of the log. */
async function open(): Promise<System> {
  const system = await System.open()
  const { scene, server } = system
  await keepInSmallBlocks(server, scene.manager)
  await Promise.all([system.startPersister(), system.startGuardians(2)])
  await system.connectBots()
  await scene.put(tick('rested', 1000), command('pause', 'rested', { reason: 'holiday', by: 'ada' }))
  await scene.put(...Array.from({ length: OTHERS }, (_, index) => tick(`other${index % 7}`, 1000 + index)))
  await system.settled()
  await persisterOf(system).expectHistoryIsLog(scene)
  return system
}

async function startAgain(system: System): Promise<void> {
  for (const guardian of system.guardians) await guardian.kill()
  const persister = persisterOf(system)
  persister.process.kill('SIGKILL')
  await persister.process.exited
  persister.restart()
  await system.startGuardians(2)
}

/** After the repair the log continues: each trader with its next version, and the paused one paused. */
async function expectGoesOn(system: System, before: readonly Known[]): Promise<void> {
  const { scene } = system
  await system.calm.untilOpen()
  for (const bot of system.bots) bot.report(1002)
  await scene.put(tick('rested', 990), tick('other1', 1003))
  await system.settled()
  const rested = (await scene.eventsOf('rested')).at(-1)
  expect(rested).toMatchObject({ decision: { status: 'paused', reason: 'operator: holiday' } })
  for (const { trader, version: first } of before.filter(({ trader }) => GO_ON.includes(trader))) {
    const versions = (await scene.eventsOf(trader)).map(({ version }) => version)
    expect(versions.length, trader).toBeGreaterThan(1)
    expect(versions, trader).toEqual(versions.map((_, index) => first + index))
  }
  await persisterOf(system).untilReady()
  await eventually(
    async () => (await knownTo(system)).find(({ trader }) => trader === 'rested')?.version === rested?.version,
    {
      timeoutMs: 30_000,
      what: 'the history to go on',
    },
  )
  expect(await drawbridge(system, 'verify')).toMatchObject({ code: 0 })
}

describe('a risk log with a flipped bit', () => {
  test('stops guardians and closes gates until one command has repaired it; the pause is still in force', async () => {
    await using system = await open()
    const { scene, server } = system
    const before = await knownTo(system)

    await flipBit(server, 1_000)

    const { state } = await streamOf(system, streams.risk)
    expect(state.num_deleted).toBeGreaterThan(10)
    for (const guardian of system.running) await guardian.untilUnready(/the risk log is damaged|are missing/)
    expect(await system.sum('guardian_risk_log_damaged')).toBe(2)
    await system.calm.untilBlocked(/the risk log is damaged/)
    await persisterOf(system).untilUnready(/messages of RISK.*are missing/)
    const held = state.last_seq
    await scene.put(tick('rested', 1010), tick('calm', 1010))
    const guardian = system.spawnGuardian()
    await guardian.untilUnready(/messages of RISK.*are missing/)
    expect((await streamOf(system, streams.risk)).state.last_seq).toBe(held)

    const doctor = await drawbridge(system, 'doctor')
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringMatching(/RISK.*missing.*adopt-log/) })
    const plan = await drawbridge(system, ...ADOPT, '--dry-run')
    expect(plan).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing was done') })
    expect((await streamOf(system, streams.risk)).config.sealed).toBe(false)

    const mended = await drawbridge(system, ...ADOPT)
    expect(mended, mended.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('RISK was damaged') })
    await startAgain(system)
    await expectGoesOn(system, before)
  })

  test('is repaired with events that only the log has, and the command reports events that neither has', async () => {
    await using system = await open()
    const { scene, server } = system
    await persisterOf(system).process.stop()
    await scene.put(tick('late', 500), command('pause', 'late', { reason: 'unwatched', by: 'bob' }))
    await scene.put(...Array.from({ length: OTHERS }, (_, index) => tick(`other${index % 7}`, 900 + index)))
    await system.settled()
    const whole = await scene.read(streams.risk)

    await flipBit(server, 1_000)

    // One that a gate asks first says that the newest message of its trader cannot be read.
    for (const guardian of system.running) await guardian.untilUnready(/the risk log is damaged|are missing/)
    const plan = await drawbridge(system, ...ADOPT, '--dry-run', '--json')
    const planned = JSON.parse(plan.stdout) as { traders: readonly Known[]; missing: readonly unknown[] }
    // As a run leaves it that ended after its first step.
    const seal = () => scene.manager.streams.update(streams.risk, { sealed: true } as object)
    await eventually(seal, { what: 'RISK to be sealed' })
    const mended = await drawbridge(system, ...ADOPT, '--json')
    expect(mended, mended.stderr).toMatchObject({ code: 0 })
    expect(JSON.parse(mended.stdout)).toMatchObject({ done: 'now', mending: { rejected: 0, missing: planned.missing } })
    const newest = new Map<string, number>()
    for (const { subject, payload } of whole) {
      if (subject.startsWith('risk.config.')) continue
      newest.set(subject.split('.').at(-1) ?? '', Number(json(payload).version))
    }
    expect(new Map(planned.traders.map(({ trader, version }) => [trader, version]))).toEqual(newest)
    expect(new Map((await knownTo(system)).map(({ trader, version }) => [trader, version]))).toEqual(newest)
    await startAgain(system)
    await system.calm.untilOpen()
    await system.settled()
    expect((await scene.eventsOf('late')).at(-1)).toMatchObject({ decision: { status: 'paused' } })
  })
})

describe('a risk log with a message that the server cannot read', () => {
  test('is named by guardians that start, and is repaired from the history', async () => {
    await using system = await open()
    const { server } = system
    const before = await knownTo(system)
    for (const guardian of system.guardians) await guardian.kill()

    await flipNewestEvent(server, 'rested')

    const guardian = system.spawnGuardian()
    await guardian.untilUnready(/the newest message of RISK on risk\.paused\.rested cannot be read/)
    await system.calm.untilBlocked(/no risk guardian has been heard/)
    const doctor = await drawbridge(system, 'doctor')
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringMatching(/risk\.paused\.rested cannot be read/) })

    const mended = await drawbridge(system, ...ADOPT)
    expect(mended, mended.stderr).toMatchObject({ code: 0 })
    await startAgain(system)
    await expectGoesOn(system, before)
  })
})

describe('a risk log whose end was cut off', () => {
  test('is not used while a guardian and a gate know more, and is repaired from the history', async () => {
    await using system = await open()
    const { scene, server } = system
    await scene.put(command('pause', 'calm', { reason: 'last word', by: 'ada' }))
    await system.settled()
    await persisterOf(system).expectHistoryIsLog(scene)
    const before = await knownTo(system)

    await cutTail(server, streams.risk, 300)

    for (const guardian of system.running) await guardian.untilUnready(/RISK ends at/)
    await system.calm.untilBlocked(/the risk log is damaged: RISK ends at/)
    await persisterOf(system).untilUnready(/RISK ends at/)
    const doctor = await drawbridge(system, 'doctor')
    expect(doctor).toMatchObject({ code: 1, stdout: expect.stringMatching(/RISK lacks the last event.*calm/) })

    const mended = await drawbridge(system, ...ADOPT)
    expect(mended, mended.stderr).toMatchObject({ code: 0 })
    await startAgain(system)
    await system.calm.untilBlocked(/operator: last word/)
    await scene.put(command('resume', 'calm', { by: 'ada' }))
    await expectGoesOn(system, before)
  })
})

describe('a risk log whose end was cut off under load', () => {
  test('is not written over by guardians that run', async () => {
    await using system = await open()
    // All is decided and acknowledged: of an event whose acknowledgement was still on its way nobody would know.
    await system.settled()
    const cutting = cutTail(system.server, streams.risk, 300)
    const load = await eventually(() => system.startLoad(), { what: 'the load, which is there before the guardians' })
    const cutAt = await cutting
    await eventually(() => load.stored > 20, { what: 'inputs to decide' })

    for (const guardian of system.running) await guardian.untilUnready(/RISK ends at/)
    const { last_ts: newest } = (await streamOf(system, streams.risk)).state
    expect(Date.parse(newest)).toBeLessThan(cutAt)
  })
})

describe('a risk log that was restored from an older copy', () => {
  test('is not used while somebody knows more, and each trader continues from the history', async () => {
    await using system = await open()
    const { scene, server } = system
    const copy = await StoreCopy.take(server)
    await streamOf(system, streams.risk)
    await scene.put(command('pause', 'calm', { reason: 'later', by: 'ada' }))
    await scene.put(tick('rested', 995))
    await system.settled()
    await persisterOf(system).expectHistoryIsLog(scene)
    const before = await knownTo(system)

    await copy.restore(streams.risk)

    for (const guardian of system.running) await guardian.untilUnready(/RISK ends at/)
    await system.calm.untilBlocked(/the risk log is damaged: RISK ends at/)
    await persisterOf(system).untilUnready(/RISK ends at/)

    const mended = await drawbridge(system, ...ADOPT)
    expect(mended, mended.stderr).toMatchObject({ code: 0 })
    await startAgain(system)
    await system.calm.untilBlocked(/operator: later/)
    await scene.put(command('resume', 'calm', { by: 'ada' }))
    await expectGoesOn(system, before)
  })
})
