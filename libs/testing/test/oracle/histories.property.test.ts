import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type History, histories } from '../../src/engine/histories.ts'
import { Oracle } from '../../src/engine/oracle/oracle.ts'
import type { Step } from '../../src/engine/oracle/steps.ts'
import { CODES, type Fact, type Verdict } from '../../src/engine/oracle/verdict.ts'

/** A larger number finds more, and takes longer. */
const RUNS = { numRuns: Number(process.env.PROPERTY_RUNS ?? 100) }

const askAt = (at: number): Step => ({ at: new Date(at).toISOString(), ask: true })
/**
 * As any command to a trader it lets happen what is due, in event time too, where neither a wake-up nor a change for all
 * does; and nobody can obey it.
 */
const impossibleAt = (at: string): Step => ({ at, command: { kind: 'resume', by: 'nobody', holder: 'limit:none' } })
const insteadOf = (step: Step): Step =>
  'command' in step && step.command.kind === 'flags' ? { at: step.at, ask: true } : impossibleAt(step.at)
const loud = (facts: readonly Fact[]): readonly Fact[] => facts.filter(({ what }) => what !== 'window-started')

/** An oracle that has seen the whole history, and the time of its last step. */
function after({ config, steps }: History): { readonly oracle: Oracle; readonly last: Verdict; readonly now: number } {
  const oracle = new Oracle(config)
  const verdicts = steps.map((step) => oracle.step(step))
  const now = Math.max(...steps.map(({ at }) => Date.parse(at)))
  const last = verdicts.at(-1)
  if (last === undefined) throw new Error('a history has steps')
  return { oracle, last, now }
}

describe('the oracle, over random histories', () => {
  it('says the same to the same history', () => {
    fc.assert(
      fc.property(histories(), ({ config, steps, verdicts }) => {
        const oracle = new Oracle(config)
        expect(steps.map((step) => oracle.step(step))).toEqual(verdicts)
      }),
      RUNS,
    )
  })

  it('tells something at the wake-up, and nothing before it', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        const { last } = after(history)
        if (last.wakeAt === null) return
        const early = after(history).oracle.step(askAt(last.wakeAt - 1))
        expect(loud(early.facts)).toEqual([])
        expect(early.allowed).toBe(last.allowed)
        expect(loud(after(history).oracle.step(askAt(last.wakeAt)).facts)).not.toEqual([])
      }),
      RUNS,
    )
  })

  it('comes to the same whether time passes at once or in parts', () => {
    fc.assert(
      fc.property(histories(), fc.integer({ min: 0, max: 5 * 86_400_000 }), (history, part) => {
        const once = after(history)
        const parts = after(history)
        const end = once.now + 9 * 86_400_000
        const whole = once.oracle.step(askAt(end))
        const first = parts.oracle.step(askAt(parts.now + part))
        const second = parts.oracle.step(askAt(end))
        expect([...first.facts, ...second.facts]).toEqual(whole.facts)
        expect({ ...second, ...told(whole) }).toEqual(whole)
      }),
      RUNS,
    )
  })

  it('changes nothing by what it refuses', () => {
    fc.assert(
      fc.property(histories(), ({ config, steps, verdicts }) => {
        const without = steps.map(
          (step, index): Step => (verdicts[index]?.outcome === 'refused' ? insteadOf(step) : step),
        )
        const oracle = new Oracle(config)
        const last = without.map((step) => oracle.step(step)).at(-1)
        expect({ ...verdicts.at(-1), ...told(last) }).toEqual(last)
      }),
      RUNS,
    )
  })

  it('has a reason for every no, and a fact for every breach', () => {
    fc.assert(
      fc.property(histories(), ({ verdicts }) => {
        for (const verdict of verdicts) {
          expect(verdict.allowed).toBe(verdict.codes.length === 0)
          expect(verdict.code).toBe(verdict.codes[0] ?? 'ok')
          expect(verdict.breaches.every((name) => verdict.facts.some(({ of }) => of === name))).toBe(true)
        }
      }),
      RUNS,
    )
  })

  it('leaves no limit broken without its hold', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        const { oracle, now } = after(history)
        const on = { kind: 'flags', enable_risk_enforcement: true } as const
        const verdict = oracle.step({ at: new Date(now).toISOString(), command: on })
        if (verdict.room === '0') expect(verdict.holders).toContain(`limit:${verdict.nearest}`)
      }),
      RUNS,
    )
  })

  it('keeps facts in time order', () => {
    fc.assert(
      fc.property(histories(), ({ verdicts }) => {
        for (const { facts } of verdicts) {
          const times = facts.map(({ at }) => at)
          expect(times).toEqual(times.toSorted((a, b) => a - b))
        }
      }),
      RUNS,
    )
  })
})

/** What a step tells of itself, and not of what holds after it. */
const told = (verdict: Verdict | undefined) => {
  const { outcome, refusedWhy, rejected, facts, breaches, worseTiers, warned, unenforced } = verdict ?? {}
  return { outcome, refusedWhy, rejected, facts, breaches, worseTiers, warned, unenforced }
}

describe('the histories', () => {
  const sample = fc.sample(histories(), { numRuns: 1_500, seed: 16 })
  const verdicts = sample.flatMap((history) => history.verdicts)

  it.each([...CODES, 'ok'])('come to the code %s', (code) => {
    expect(verdicts.filter((verdict) => verdict.code === code).length).toBeGreaterThan(20)
  })

  it('come to a pause of all traders', () => {
    expect(verdicts.filter(({ holders }) => holders.includes('operator:*')).length).toBeGreaterThan(20)
  })

  it.each([
    'window-started',
    'confirmed',
    'breach',
    'worse-tier',
    'warning',
    'unenforced',
    'uncomputable',
    'computable',
    'hold-ended',
    'rebased',
    'silent',
    'limits-changed',
    'cash-flow',
    'restarted',
    'corrected',
    'resumed',
    'paused',
    'closed',
    'opened',
  ])('come to the fact %s', (what) => {
    expect(verdicts.filter(({ facts }) => facts.some((fact) => fact.what === what)).length).toBeGreaterThan(20)
  })
})
