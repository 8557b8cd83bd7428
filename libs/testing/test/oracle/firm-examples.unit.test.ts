import { describe, expect, it } from 'vitest'
import { DAY_RESULT_EXAMPLES, FIRM_EXAMPLES } from '../../src/engine/cases/cases.ts'
import { EngineRun } from '../../src/engine/engine-run.ts'
import { Oracle } from '../../src/engine/oracle/oracle.ts'

const JUDGES = [
  ['the oracle', Oracle],
  ['the engine', EngineRun],
] as const

describe.each(JUDGES)('%s judges the examples that firms publish', (_name, Judge) => {
  for (const { id, firm, note, initial_balance, day, rules, steps, expect: expected } of FIRM_EXAMPLES) {
    it(`${id}: ${firm}. ${note}`, () => {
      const oracle = new Judge({ initial_balance, day, limits: rules, confirm_jump: null, stale_after_seconds: null })
      steps.forEach((step, index) => {
        const verdict = oracle.step(step)
        expect(verdict.floors).toMatchObject(expected.floors[index] ?? {})
        expect(verdict.breaches).toEqual(index === expected.breach.step ? [expected.breach.rule] : [])
        expect(verdict.allowed).toBe(index < expected.breach.step)
        expect(verdict.uncomputable).toEqual([])
      })
    })
  }

  it('has all 33', () => {
    expect(new Set(FIRM_EXAMPLES.map(({ id }) => id)).size).toBe(33)
  })
})

describe('the oracle reports how even the days are', () => {
  for (const { id, limit_percent, strict = false, daily_profits, expect: expected } of DAY_RESULT_EXAMPLES) {
    it(id, () => {
      const oracle = new Oracle({
        initial_balance: '100000',
        limits: [],
        confirm_jump: null,
        stale_after_seconds: null,
        consistency: { percent: limit_percent, strict },
      })
      let equity = 100_000
      oracle.step({ at: '2026-06-01T01:00:00Z', equity })
      const verdicts = daily_profits.map((profit, index) => {
        equity += Number(profit)
        return oracle.step({ at: `2026-06-0${index + 1}T12:00:00Z`, equity })
      })
      const report = verdicts.at(-1)?.report.consistency
      expect(report).toMatchObject({ share_percent: expected.best_day_percent, met: expected.met })
    })
  }
})
