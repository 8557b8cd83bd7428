import { describe, expect, it } from 'vitest'
import { type Expected, PEER_CASES, type PeerCase } from '../../src/engine/cases/cases.ts'
import { EngineRun } from '../../src/engine/engine-run.ts'
import type { OracleConfig } from '../../src/engine/oracle/config.ts'
import { Oracle } from '../../src/engine/oracle/oracle.ts'
import type { Step } from '../../src/engine/oracle/steps.ts'
import type { Verdict } from '../../src/engine/oracle/verdict.ts'

/** What one trader's judgement does not know. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'gt-net-of-winners': 'a group is a source of readings, and no part of the judgement',
  'ck-other-tenant': 'who may call which route',
}
/** Steps that only a gate or a server knows. */
const isElsewhere = (step: Step): boolean =>
  'command' in step && ['guardians-gone', 'http'].includes(step.command.kind as string)

/**
 * Here the design says another moment than the case: enforcement that is switched on judges at the command, and holds of
 * before apply again, so that the reading after it tells nothing new. The limit holds then, as the case says.
 */
const HELD_SINCE_BEFORE: Readonly<Record<string, number>> = {
  'nofx-switch-off-records': 4,
  'nofx-toggle-must-not-forgive': 4,
}

/** The cases say nothing of silence, and their readings are hours apart. */
function configOf({ id, config, steps }: PeerCase): OracleConfig {
  const { group: _group, ...given } = config
  return {
    stale_after_seconds: null,
    net_deposits: steps.some((step) => 'net_deposits' in step),
    ...(id === 'tb-trade-cap' ? { max_trades: { count: 100, window: 'day' as const } } : {}),
    ...(id === 'tb-consistency-report' ? { consistency: { percent: 40 } } : {}),
    ...given,
  }
}

/** A peer counts the trades of a day; here each is reported. */
function withTrades(steps: PeerCase['steps']): readonly Step[] {
  let before = 0
  return steps.map((step) => {
    const { trader: _trader, trades_today: today = before, ...rest } = step
    const closed = Array.from({ length: today - before }, (_, index) => ({ id: `t${before + index}`, pnl: 1 }))
    before = today
    return (closed.length > 0 ? { ...rest, closed } : rest) as Step
  })
}

function tradersOf({ steps }: PeerCase): readonly string[] {
  const named = steps.flatMap(({ trader }) => (trader === undefined ? [] : [trader]))
  return named.length === 0 ? ['one'] : [...new Set(named)]
}

const amounts = (record: Readonly<Record<string, string | number>>): Record<string, string> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, String(value)]))

function check(verdict: Verdict, expected: Expected, heldSinceBefore: boolean): void {
  if (expected.allowed !== undefined) expect(verdict.allowed).toBe(expected.allowed)
  if (expected.code !== undefined) expect(verdict.code).toBe(expected.code)
  if (expected.breach !== undefined) {
    if (heldSinceBefore) expect(verdict.holders).toEqual(expected.breach.map((name) => `limit:${name}`))
    else expect(verdict.breaches).toEqual(expected.breach)
  }
  if (expected.floors !== undefined) expect(verdict.floors).toMatchObject(amounts(expected.floors))
  if (expected.ceilings !== undefined) expect(verdict.ceilings).toMatchObject(amounts(expected.ceilings))
  if (expected.room !== undefined) expect(verdict.room).toBe(String(expected.room))
  if (expected.nearest !== undefined) expect(verdict.nearest).toBe(expected.nearest)
  if (expected.action !== undefined) expect(verdict.action).toBe(expected.action)
  if (expected.warned !== undefined) expect(verdict.warned).toEqual(expected.warned)
  if (expected.worse_tier !== undefined) expect(verdict.worseTiers).toEqual([expected.worse_tier])
  if (expected.unenforced !== undefined) expect(verdict.unenforced).toEqual(expected.unenforced)
  if (expected.uncomputable !== undefined) expect(verdict.uncomputable).toEqual(expected.uncomputable)
  if (expected.refused !== undefined) expect(verdict.outcome === 'refused').toBe(expected.refused)
  for (const name of expected.names ?? []) expect(verdict.refusedWhy).toContain(name)
  if (expected.rejected !== undefined) expect(verdict.rejected !== null).toBe(expected.rejected)
  if (expected.pending !== undefined) expect(verdict.waiting.length > 0).toBe(expected.pending)
  if (expected.events === 0) expect([verdict.breaches, verdict.worseTiers, verdict.warned]).toEqual([[], [], []])
  if (expected.day_pnl !== undefined) expect(verdict.dayPnl).toBe(String(expected.day_pnl))
  if (expected.day_loss_pct !== undefined) expect(verdict.percent.day_loss).toBe(expected.day_loss_pct)
  if (expected.report !== undefined) {
    const { profit_needed_at_40_percent, ...rest } = expected.report.consistency
    const wanted = amounts({ ...rest, profit_needed: profit_needed_at_40_percent ?? 0 })
    expect(verdict.report.consistency).toMatchObject(wanted)
  }
}

const JUDGES = [
  ['the oracle', Oracle],
  ['the engine', EngineRun],
] as const

describe.each(JUDGES)('%s judges what peers test', (_name, Judge) => {
  for (const peerCase of PEER_CASES.filter(({ id }) => ELSEWHERE[id] === undefined)) {
    it(`${peerCase.id}: ${peerCase.note}`, () => {
      const traders = tradersOf(peerCase)
      const judges = new Map(traders.map((trader) => [trader, new Judge(configOf(peerCase))]))
      withTrades(peerCase.steps).forEach((step, index) => {
        if (isElsewhere(step)) return
        const expected = peerCase.expect[index] ?? {}
        const said = peerCase.steps[index]?.trader ?? expected.trader
        // What names no trader is for all of them.
        for (const trader of said === undefined ? traders : [said]) {
          const verdict = judges.get(trader)?.step(step)
          if (verdict === undefined) throw new Error(`no trader ${trader}`)
          check(verdict, expected, HELD_SINCE_BEFORE[peerCase.id] === index)
        }
      })
    })
  }

  it('knows each case that belongs elsewhere, and why', () => {
    const ids = PEER_CASES.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(Object.keys(ELSEWHERE)))
    expect(new Set(ids).size).toBe(66)
  })
})
