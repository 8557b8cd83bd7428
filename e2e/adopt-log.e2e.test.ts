import { userInfo } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { runDrawbridge } from '@drawbridge/cli'
import { streams } from '@drawbridge/contracts'
import { provision } from '@drawbridge/service-kit'
import { callProgram, eventually, type Finished, validConfig } from '@drawbridge/testing'
import { command, flags, limits, type Scene, tick } from '@drawbridge/testing/guardian-scene'
import { judgeOffline } from '@drawbridge/testing/judge-offline'
import { describe, expect, test } from 'vitest'
import type { PersisterProcess } from './faults/persister-process.ts'
import { System } from './faults/system.ts'
import { query, snapshotFaults } from './history.ts'

/** As npm start does. */
const RESTART_AFTER_MS = 500

function adoptLog(system: System): Promise<Finished> {
  return drawbridge(system, 'adopt-log', '--by', 'ada', '--reason', 'the volume was lost')
}

/** Runs a command of `npm run drawbridge` on the servers of a system. */
function drawbridge(system: System, ...words: readonly string[]): Promise<Finished> {
  const env = { NATS_URL: system.url, DATABASE_URL: persisterOf(system).database.url }
  return callProgram((context) => runDrawbridge(words, context), env)
}

function persisterOf({ persister }: System): PersisterProcess {
  if (persister === null) throw new Error('there is no persister')
  return persister
}

/** Deletes streams and makes them again, as an operator does. */
async function recreate({ scene }: System, names: readonly string[], knownLog?: string): Promise<string> {
  for (const name of names) await scene.manager.streams.delete(name)
  const config = validConfig({ limits: { max_daily_loss: 5, max_drawdown: 20 } })
  return (await provision(scene.connection, config, 1, async () => knownLog ?? null)).use
}

const createdAt = async ({ manager }: Scene, stream: string) => (await manager.streams.info(stream)).created

interface Row {
  readonly trader: string
  readonly version: number
  readonly type: string
  readonly inputSeq: number
}

function historyOf(system: System): Promise<Row[]> {
  return query<{ trader: string; version: number; type: string; inputSeq: number }>(
    persisterOf(system).database.url,
    `SELECT trader_id AS trader, version::int, event_type AS type, input_seq::int AS "inputSeq"
     FROM risk_state_history ORDER BY trader_id, version`,
  )
}

/** Starts what ends again, as a supervisor does: two guardians and the persister. */
function supervise(system: System): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController()
  const keep = async (exited: Promise<unknown>, start: () => Promise<unknown>) => {
    const stopped = new Promise((resolve) => stopping.signal.addEventListener('abort', resolve))
    for (let ended = exited; !stopping.signal.aborted; ) {
      await Promise.race([ended, stopped])
      await delay(RESTART_AFTER_MS)
      if (!stopping.signal.aborted) ended = start()
    }
  }
  const persister = persisterOf(system)
  const kept = [
    ...system.running.map(({ process }) => keep(process.exited, () => system.spawnGuardian().process.exited)),
    keep(persister.process.exited, () => {
      persister.restart()
      return persister.process.exited
    }),
  ]
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all(kept)
    },
  }
}

/** Waits until the history is what the inputs come to if they are judged in one go, each event once. */
async function untilHistoryIsOfInputs(system: System): Promise<Row[]> {
  const { events } = judgeOffline(await system.scene.read(streams.inputs))
  const expected = events
    .filter(({ subject }) => !subject.startsWith('risk.config.'))
    .map(({ text }) => JSON.parse(text) as Row)
    .map(({ trader, version, type, inputSeq }) => ({ trader, version, type, inputSeq }))
    .sort((a, b) => (a.trader < b.trader ? -1 : a.trader > b.trader ? 1 : a.version - b.version))
  const rows = await eventually(
    async () => {
      const all = await historyOf(system)
      return all.length >= expected.length ? all : null
    },
    { what: 'the history to be complete', timeoutMs: 60_000 },
  )
  expect(rows).toEqual(expected)
  expect(await snapshotFaults(persisterOf(system).database.url)).toEqual([])
  return rows
}

/** What guardians, persister and gates do when their log is lost: all end or close, and a restart changes nothing. */
async function expectRefused(system: System): Promise<void> {
  const { calm } = system
  const exits = system.running.map((guardian) => guardian.process.exited)
  expect(await Promise.all(exits)).toEqual(exits.map(() => ({ code: 1, signal: null })))
  await calm.untilBlocked(/was recreated/)
  expect(await system.spawnGuardian().process.exited).toEqual({ code: 1, signal: null })
}

async function startAgain(system: System, guardians: number): Promise<void> {
  const persister = persisterOf(system)
  persister.process.kill('SIGKILL')
  await persister.process.exited
  persister.restart()
  await system.startGuardians(guardians)
}

describe('a risk log that was lost, with inputs that were not', () => {
  test('continues in a new one: versions continue, gates open by themselves, the history is what it would have been', async () => {
    await using system = await System.open()
    const { scene } = system
    await Promise.all([system.startPersister(), system.startGuardians(2)])
    await system.connectBots()
    await scene.put(
      tick('rested', 1000),
      command('limits', 'rested', { max_drawdown: 15, by: 'ada' }),
      command('pause', 'rested', { reason: 'holiday', by: 'ada' }),
      limits({ max_drawdown: 30, by: 'ada' }),
      tick('rested', 990),
    )
    system.trade()
    await system.expectSound()
    const before = await historyOf(system)

    expect(await recreate(system, [streams.risk])).toBe('unbound')
    // Not judged by anybody yet.
    await scene.put(tick('rested', 1010), limits({ max_drawdown: 25, by: 'bob' }), tick('newcomer', 500))
    for (const bot of system.bots) bot.report(1002)
    for (const bot of system.bots) await bot.untilReported(scene)
    await expectRefused(system)

    const adopted = await adoptLog(system)
    expect(adopted).toMatchObject({ code: 0, stderr: expect.not.stringContaining('rror') })
    expect(await adoptLog(system)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`was adopted before: by ${userInfo().username}`),
    })
    await startAgain(system, 2)
    await system.calm.untilOpen()
    await system.settled()

    const rows = await untilHistoryIsOfInputs(system)
    expect(await drawbridge(system, 'verify')).toMatchObject({ code: 0 })
    expect(rows.length).toBeGreaterThan(before.length)
    const blocked = Object.fromEntries(system.bots.map((bot) => [bot.id, bot.blockedBy]))
    expect(blocked).toEqual({ calm: null, loser: expect.stringContaining('max_daily_loss') })
    for (const bot of system.bots) expect(bot.version).toBe(rows.findLast(({ trader }) => trader === bot.id)?.version)
    expect(await createdAt(scene, streams.risk)).toBe(
      (await query<{ created: string }>(persisterOf(system).database.url, 'SELECT created FROM risk_log_epoch'))[0]
        ?.created,
    )
  })

  test('continues under load, even if processes are restarted meanwhile', async () => {
    await using system = await System.open()
    await Promise.all([system.startPersister(), system.startGuardians(2)])
    await system.connectBots()
    const load = await system.startLoad({ traders: 40, ticksPerSecond: 5 })
    await system.decided(200)
    const supervisor = supervise(system)
    try {
      const adopted = await eventually(
        async () => {
          // A guardian that has not noticed yet may have written a first event of a trader into the new log.
          await recreate(system, [streams.risk])
          const finished = await adoptLog(system)
          return finished.code === 0 ? finished : null
        },
        { what: 'the log to be adopted', timeoutMs: 60_000 },
      )
      expect(adopted.stdout).toContain('INPUTS is the old one')
      await system.calm.untilOpen()
      system.trade()
      await system.decided(200)
      await eventually(() => system.running.length === 2, { what: 'two guardians' })
    } finally {
      await supervisor.stop()
    }
    await load.stop()
    for (const bot of system.bots) await bot.untilReported(system.scene)
    await Promise.all(system.running.map((guardian) => guardian.ready()))
    await system.settled()
    await untilHistoryIsOfInputs(system)
    for (const bot of system.bots) await bot.expectAsLogged(system.scene)
    expect(await drawbridge(system, 'verify')).toMatchObject({ code: 0 })
  })
})

describe('a risk log that was lost before the database had all of it', () => {
  test('continues where the history ends: later decisions are made again, and nothing else', async () => {
    await using system = await System.open()
    const { scene } = system
    await Promise.all([system.startPersister(), system.startGuardians(1)])
    await system.connectBots()
    await scene.put(tick('rested', 1000), command('pause', 'rested', { reason: 'holiday', by: 'ada' }))
    system.trade()
    await system.expectSound()

    await persisterOf(system).process.stop()
    await scene.put(
      // The pause of the loser is not applied, then applied again; the history receives neither.
      flags({ enable_risk_enforcement: false, by: 'ada' }),
      tick('rested', 400),
      limits({ max_daily_loss: 50, by: 'ada' }),
      flags({ enable_risk_enforcement: true, by: 'ada' }),
      command('resume', 'calm'),
      tick('no~trader', 1),
      tick('newcomer', 1000),
    )
    await scene.put(...Array.from({ length: 500 }, (_, index) => tick(`late-${index % 50}`, 1000 - (index % 7))))
    await system.settled()
    const known = (await historyOf(system)).length
    await recreate(system, [streams.risk])
    const adopted = await adoptLog(system)
    expect(adopted, adopted.stderr).toMatchObject({ code: 0 })
    await startAgain(system, 1)
    await system.settled()

    const rows = await untilHistoryIsOfInputs(system)
    expect(rows.length).toBeGreaterThan(known + 500)
    expect(rows.filter(({ trader }) => trader === 'loser').map(({ type }) => type)).toEqual([
      'assessed',
      'breach',
      'resumed',
      'paused',
    ])
    await system.calm.untilOpen()
    expect(await drawbridge(system, 'verify')).toMatchObject({ code: 0 })
  })
})

describe('a risk log that was lost with its inputs', () => {
  test.each([
    ['known to the database when the streams are made', true],
    ['not known when the streams are made', false],
  ])('%s, continues in a new one, and so do sequences', async (_case, isKnown) => {
    await using system = await System.open()
    const { scene } = system
    await Promise.all([system.startPersister(), system.startGuardians(1)])
    await system.connectBots()
    await scene.put(
      tick('rested', 1000),
      command('pause', 'rested', { reason: 'holiday', by: 'ada' }),
      limits({ max_daily_loss: 3, by: 'ada' }),
      // Newer than the limits, as it may be.
      flags({ enable_risk_enforcement: true, by: 'ada' }),
    )
    system.trade()
    await system.expectSound()
    const before = await historyOf(system)
    const last = Math.max(...before.map(({ inputSeq }) => inputSeq))
    const versionOf = (rows: readonly Row[], trader: string) =>
      rows.findLast((row) => row.trader === trader)?.version ?? 0

    const lost = await createdAt(scene, streams.risk)
    const use = await recreate(system, [streams.risk, streams.inputs], isKnown ? lost : undefined)
    expect(use).toBe(isKnown ? 'adopting' : 'bound')
    await system.calm.untilBlocked(/was recreated/)
    await eventually(() => system.running.length === 0, { what: 'the guardian to end', timeoutMs: 20_000 })
    if (isKnown) expect(await system.spawnGuardian().process.exited).toEqual({ code: 1, signal: null })
    await scene.put(tick('rested', 1010), tick('strict', 1000), tick('strict', 960), tick('calm', 1003))

    const adopted = await adoptLog(system)
    expect(adopted, adopted.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('INPUTS is new') })
    await startAgain(system, 1)
    await system.calm.untilOpen()
    const put = await scene.lastSeq(streams.inputs)
    await scene.put(tick('calm', 1004), tick('calm', 1005))

    const rows = await eventually(
      async () => {
        const all = await historyOf(system)
        return all.length >= before.length + 6 ? all : null
      },
      { what: 'the history to go on', timeoutMs: 30_000 },
    )
    const added = rows.filter(
      (row) => !before.some((known) => known.trader === row.trader && known.version === row.version),
    )
    const first = put - 3 + last
    expect(added).toEqual([
      { trader: 'calm', version: versionOf(before, 'calm') + 1, type: 'assessed', inputSeq: first + 3 },
      { trader: 'calm', version: versionOf(before, 'calm') + 2, type: 'assessed', inputSeq: first + 4 },
      { trader: 'calm', version: versionOf(before, 'calm') + 3, type: 'assessed', inputSeq: first + 5 },
      { trader: 'rested', version: versionOf(before, 'rested') + 1, type: 'assessed', inputSeq: first },
      { trader: 'strict', version: 1, type: 'assessed', inputSeq: first + 1 },
      // The limit of 3 % is the one that an operator gave; provision would have one of 5 %.
      { trader: 'strict', version: 2, type: 'breach', inputSeq: first + 2 },
    ])
    expect(await snapshotFaults(persisterOf(system).database.url)).toEqual([])
    const state = await query<{ trader_id: string; trading_paused: boolean }>(
      persisterOf(system).database.url,
      'SELECT trader_id, trading_paused FROM risk_state ORDER BY trader_id',
    )
    expect(state).toEqual([
      { trader_id: 'calm', trading_paused: false },
      { trader_id: 'loser', trading_paused: true },
      { trader_id: 'rested', trading_paused: true },
      { trader_id: 'strict', trading_paused: true },
    ])
    expect(await scene.rejects()).toEqual([])
    expect(await drawbridge(system, 'verify')).toMatchObject({ code: 0 })
  })
})
