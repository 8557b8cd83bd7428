import { readFileSync } from 'node:fs'
import { runDrawbridge } from '@drawbridge/cli'
import {
  decodeConfigEvent,
  decodeRiskEvent,
  encodeRiskEvent,
  headerNames,
  isConfiguration,
  parseEventSubject,
  type RiskEvent,
  streams,
  type TraderId,
  type TraderState,
} from '@drawbridge/contracts'
import { migrate } from '@drawbridge/migrations'
import {
  applyConfiguration,
  BUILT_IN_CONFIGURATION,
  type Configuration,
  decide,
  INITIAL_STATE,
  RULES_VERSION,
} from '@drawbridge/risk-engine'
import { readInput } from '@drawbridge/risk-guardian'
import { createLogger } from '@drawbridge/service-kit'
import { callProgram, createDatabase, eventually, resetStreams } from '@drawbridge/testing'
import { flags, limits, type Publish, tick } from '@drawbridge/testing/guardian-scene'
import type { Kept } from '@drawbridge/testing/judge-offline'
import { describe, expect, test } from 'vitest'
import { Bot } from './faults/bot.ts'
import { OlderGuardian } from './faults/older-guardian.ts'
import { decideByOlderRules, OLDER_RULES_VERSION } from './faults/older-rules.ts'
import { LEASE_SECONDS, System } from './faults/system.ts'
import { loadOlderLog } from './fixtures/older-log.ts'
import { query, snapshotFaults } from './history.ts'

/** Tables and rows of 2026-11-27, four migrations old: what a persister of then made of `older-log.jsonl`, by pg_dump. */
const OLDER_DATABASE_FILE = new URL('./fixtures/older-database.sql', import.meta.url)

const MANUAL = { max_daily_loss: 5, daily_loss_ends: 'manual' }

describe.concurrent('a log that older rules wrote', () => {
  test('is continued: what is decided stays, and the rest is judged by the rules of today from there', async () => {
    await using system = await System.open()
    const { scene } = system
    await resetStreams(scene.connection)
    await loadOlderLog(scene.connection, scene.manager)
    const before = await scene.read(streams.risk)
    expect(rulesVersions(before)).toEqual(new Set([OLDER_RULES_VERSION]))
    await Promise.all([system.startPersister(), system.startGuardians(2)])
    const exactly = await connect(system, 'exactly')
    const loser = await connect(system, 'loser')
    exactly.report(952)
    loser.report(920)
    await exactly.untilReported(scene)
    await loser.untilReported(scene)
    await system.settled()

    const log = (await scene.read(streams.risk)).filter(({ subject }) => isDecision(subject))
    expect(log.slice(0, before.length).map(bytesOf)).toEqual(before.map(bytesOf))
    expect(rulesVersions(log.slice(before.length))).toEqual(new Set([RULES_VERSION]))
    expectEachByItsRules(await scene.read(streams.inputs), log, before.length)
    expect(await system.sum('guardian_divergence_total')).toBe(0)
    // By today's rules it would have been paused for good, in the older log already.
    await exactly.untilOpen()
    await loser.untilBlocked(/max_daily_loss: 10 % reached the limit of 5 %/)
    await system.persister?.expectHistoryIsLog(scene)
  })

  test('is adopted while the older guardian decides, each difference is counted, and taken over when it ends', async () => {
    await using system = await System.open()
    const { scene } = system
    const older = await OlderGuardian.start(system.url)
    const decidedByOlder = async (...inputs: readonly Publish[]) => {
      const last = await scene.put(...inputs)
      await eventually(() => older.settled >= last, { what: 'the older guardian to decide' })
    }
    await decidedByOlder(flags({ enable_risk_enforcement: true }), limits(MANUAL))
    await system.startGuardians(1)
    // By both rules these break nothing: what today's rules break would be judged again by a wake-up.
    for (const equity of [1000, 990, 980, 970]) {
      // So that the older one is in time however slow this machine is.
      for (const standby of system.running) standby.holdUp()
      await decidedByOlder(tick('exactly', equity), tick('other', equity - 10))
      for (const standby of system.running) standby.goOn()
      await system.settled()
    }
    expect(rulesVersions(await scene.read(streams.risk))).toEqual(new Set([OLDER_RULES_VERSION]))
    expect(await system.sum('guardian_divergence_total')).toBeGreaterThan(0)
    expect(await system.sum('guardian_events_total')).toBe(0)
    const exactly = await connect(system, 'exactly')
    await exactly.untilOpen()
    await older.stop()
    await scene.put(tick('exactly', 950), tick('other', 960))
    await exactly.untilBlocked(/max_daily_loss: 5 % reached the limit of 5 %/)
    await system.settled()
    const log = (await scene.read(streams.risk)).filter(({ subject }) => isDecision(subject))
    expectEachByItsRules(await scene.read(streams.inputs), log, 0)
    expect((await scene.eventsOf('exactly')).map(({ type, rulesVersion }) => [type, rulesVersion])).toEqual([
      ...Array.from({ length: 4 }, () => ['assessed', OLDER_RULES_VERSION]),
      ['breach', RULES_VERSION],
    ])
  })
})

describe('a database that an older version wrote', () => {
  test('is migrated and continued in a new log: rows stay; versions, pauses and limits continue', async () => {
    await using system = await System.open()
    const { scene } = system
    const database = await createDatabase()
    await query(database.url, readFileSync(OLDER_DATABASE_FILE, 'utf8'))
    const HISTORY = `SELECT (to_jsonb(h) - '{limit_states,undo,decision_code}'::text[])::text AS row
      FROM risk_state_history h ORDER BY recorded_at, stream_seq`
    const before = await query<{ row: string }>(database.url, HISTORY)
    expect(before).toHaveLength(14)

    await migrate(database.url, createLogger('test', 'silent'))
    const words = ['adopt-log', '--by', 'ada', '--reason', 'the NATS server was lost']
    const env = { NATS_URL: system.url, DATABASE_URL: database.url }
    const adopted = await callProgram((context) => runDrawbridge(words, context), env)
    expect(adopted, adopted.stderr).toMatchObject({ code: 0 })
    const persister = await system.startPersister({ database })
    await system.startGuardians(2)
    const bots = await Promise.all(['exactly', 'loser', 'rested', 'newcomer'].map((id) => connect(system, id)))
    for (const bot of bots) bot.report(1000)
    for (const bot of bots) await bot.untilReported(scene)
    await system.settled()

    const [exactly, loser, rested, newcomer] = bots
    await newcomer?.untilOpen()
    await loser?.untilBlocked(/max_daily_loss: 10 % reached the limit of 5 %/)
    await rested?.untilBlocked(/new strategy/)
    // Its own limit, which it got before.
    expect((await scene.eventsOf('rested')).at(-1)?.state).toMatchObject({ limits: { max_drawdown: '15' } })
    expect((await scene.eventsOf('exactly')).at(-1)?.version).toBe(exactly?.version)
    await persister.untilRows(before.length + 4)
    const after = await query<{ row: string }>(database.url, HISTORY)
    expect(after.slice(0, before.length)).toEqual(before)
    expect(await snapshotFaults(database.url)).toEqual([])
  })
})

async function connect(system: System, id: TraderId): Promise<Bot> {
  const bot = await Bot.connect(id, system.url, LEASE_SECONDS * 1_000)
  system.bots.push(bot)
  return bot
}

/** All but the watermark, which comes when it comes. */
function isDecision(subject: string): boolean {
  const address = parseEventSubject(subject)
  return address.kind !== 'config' || isConfiguration(address.config)
}

function bytesOf({ subject, payload, header }: Kept): unknown {
  return [subject, new TextDecoder().decode(payload), header(headerNames.guardian)]
}

function eventOf({ subject, payload }: Kept): RiskEvent | null {
  if (parseEventSubject(subject).kind !== 'trader') return null
  const event = decodeRiskEvent(payload)
  if (!event.ok) throw new Error(event.reason)
  return event.value
}

function rulesVersions(log: readonly Kept[]): Set<number> {
  return new Set(log.flatMap((message) => eventOf(message)?.rulesVersion ?? []))
}

/**
 * Each event of the log after the first `known` must be what the rules of its version make of the event before it and
 * its input, and each input of a trader that makes an event must have one.
 */
function expectEachByItsRules(inputs: readonly Kept[], log: readonly Kept[], known: number): void {
  const states = new Map<TraderId, TraderState>()
  const configurations = configurationsOf(log)
  const byTrader = new Map<TraderId, RiskEvent[]>()
  for (const [index, message] of log.entries()) {
    const event = eventOf(message)
    if (event === null) continue
    if (index < known) states.set(event.trader, event.state)
    else byTrader.set(event.trader, [...(byTrader.get(event.trader) ?? []), event])
  }
  for (const { subject, seq, time, payload } of inputs) {
    const read = readInput({ subject, seq, time, payload, traceparent: '' })
    if (read.kind !== 'trader') continue
    const { trader, input } = read
    const state = states.get(trader) ?? INITIAL_STATE
    if (seq <= state.inputSeq) continue
    const stored = byTrader.get(trader)?.[0]
    const rules = stored?.rulesVersion === OLDER_RULES_VERSION ? decideByOlderRules : decide
    const decision = rules(trader, state, configurationBefore(seq, configurations), input)
    if (decision.kind !== 'event') continue
    const text = (event: RiskEvent | undefined) => (event ? new TextDecoder().decode(encodeRiskEvent(event)) : '')
    expect(text(stored)).toBe(text(decision.event))
    byTrader.get(trader)?.shift()
    states.set(trader, decision.event.state)
  }
  expect([...byTrader.values()].flat()).toEqual([])
}

/** Each configuration that was in force, oldest first. */
function configurationsOf(log: readonly Kept[]): Configuration[] {
  const all = [BUILT_IN_CONFIGURATION]
  for (const { subject, payload } of log) {
    const address = parseEventSubject(subject)
    if (address.kind !== 'config' || !isConfiguration(address.config)) continue
    const event = decodeConfigEvent(address.config, payload)
    if (!event.ok) throw new Error(event.reason)
    all.push(applyConfiguration(all.at(-1) ?? BUILT_IN_CONFIGURATION, event.value))
  }
  return all
}

function configurationBefore(seq: number, all: readonly Configuration[]): Configuration {
  return all.findLast(({ version }) => version < seq) ?? BUILT_IN_CONFIGURATION
}
