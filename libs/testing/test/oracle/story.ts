import { expect } from 'vitest'
import { EngineRun } from '../../src/engine/engine-run.ts'
import type { LimitSpec, OracleConfig } from '../../src/engine/oracle/config.ts'
import { Oracle } from '../../src/engine/oracle/oracle.ts'
import type { Command, ReadingStep, Step } from '../../src/engine/oracle/steps.ts'
import type { Verdict } from '../../src/engine/oracle/verdict.ts'

type NamedLimit = LimitSpec & { readonly name: string }
type Amount = string | number

/** `10:00`, `10:00:05` of the first day, or `3 10:00` of the third: days of June 2026, in UTC. */
export function at(time: string): string {
  const [day, clock] = time.includes(' ') ? time.split(' ') : ['1', time]
  const seconds = clock?.length === 5 ? `${clock}:00` : clock
  return new Date(Date.UTC(2026, 5, Number(day)) + Date.parse(`1970-01-01T${seconds}Z`)).toISOString()
}
export const moment = (time: string): number => Date.parse(at(time))

export const t = (time: string, equity: Amount, more: Partial<ReadingStep> = {}): Step => ({
  at: at(time),
  equity,
  ...more,
})
export const ask = (time: string): Step => ({ at: at(time), ask: true })
export const raw = (time: string, text: string): Step => ({ at: at(time), raw: text })
export const does = (time: string, command: Command): Step => ({ at: at(time), command })
export const flow = (time: string, amount: Amount, more: Partial<Extract<Command, { kind: 'cash-flow' }>> = {}): Step =>
  does(time, { kind: 'cash-flow', amount, ...more })
export const sets = (time: string, set: Extract<Command, { kind: 'limits' }>['set'] & object): Step =>
  does(time, { kind: 'limits', set })
export const resume = (time: string, more: Partial<Extract<Command, { kind: 'resume' }>> = {}): Step =>
  does(time, { kind: 'resume', reason: 'by hand', ...more })

/** So much of a day's loss from its start of equity. */
export const dayLoss = (amount: Amount, more: Partial<NamedLimit> = {}): NamedLimit => ({
  name: 'day_loss',
  window: 'day',
  reference: { kind: 'start', of: 'equity' },
  limit: { amount },
  ...more,
})
/** So many percent below the highest equity of the lifetime. */
export const drawdown = (percent: Amount, more: Partial<NamedLimit> = {}): NamedLimit => ({
  name: 'drawdown',
  window: 'lifetime',
  reference: { kind: 'peak', of: 'equity', sampled: 'continuous' },
  limit: { percent, of: 'reference' },
  ...more,
})

/** An account of 1000 where every reading counts at once and silence is no matter. */
export const plain = (...limits: readonly NamedLimit[]): OracleConfig => ({
  initial_balance: 1000,
  limits,
  confirm_jump: null,
  stale_after_seconds: null,
})
/** The same where a jump of 20 % waits 5 seconds. */
export const careful = (...limits: readonly NamedLimit[]): OracleConfig => {
  const { confirm_jump: _confirm, ...rest } = plain(...limits)
  return rest
}

export const open = { allowed: true, code: 'ok' }
export const closed = (code: Verdict['code']): Partial<Verdict> => ({ allowed: false, code })
export const breach = (...breaches: readonly string[]): Partial<Verdict> => ({ allowed: false, breaches })
export const refused = (words: string) => ({ outcome: 'refused', refusedWhy: expect.stringContaining(words) })

export type Row = readonly [step: Step, expected: object]

function expectSeen(where: string, step: Step, verdict: Verdict, expected: object): void {
  for (const [name, wanted] of Object.entries(seenOf(expected))) {
    const got = verdict[name as keyof Verdict]
    const why = verdict.refusedWhy ?? verdict.rejected ?? ''
    const message = `the engine at ${where}, ${JSON.stringify(step)}: ${name} is ${JSON.stringify(got)} ${why}`
    // Each has its own words for a rejection.
    if (name === 'rejected') expect(got === null, message).toBe(wanted === null)
    else expect({ [name]: got }, message).toMatchObject({ [name]: wanted })
  }
}

/** What the engine shows as well; words and internals are each one's own. */
function seenOf(expected: object): object {
  const {
    facts: _facts,
    codes: _codes,
    used: _used,
    percent: _percent,
    waiting: _waiting,
    refusedWhy: _why,
    wakeAt: _wakeAt,
    ...seen
  } = expected as Partial<Verdict>
  return seen
}

/** Every step comes to what stands beside it. Gives the last verdict. */
export function tell(config: OracleConfig, ...rows: readonly Row[]): Verdict {
  const engine = new EngineRun(config)
  for (const [index, [step, expected]] of rows.entries()) expectSeen(`step ${index}`, step, engine.step(step), expected)
  const oracle = new Oracle(config)
  const verdicts = rows.map(([step, expected], index) => {
    const verdict = oracle.step(step)
    expect({ index, ...verdict }).toMatchObject({ index, ...expected })
    return verdict
  })
  const last = verdicts.at(-1)
  if (last === undefined) throw new Error('a story has steps')
  return last
}
