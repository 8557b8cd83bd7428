import { equityTick, type TraderState } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, decide, decideChange, INITIAL_STATE, type TraderInput } from '@drawbridge/risk-engine'
import { describe, expect, it } from 'vitest'

const AT = Date.UTC(2026, 2, 12)

/** What the rules meet a fault in. */
function failing<T extends object>(value: T, field: keyof T): T {
  return Object.defineProperty({ ...value }, field, {
    get: () => {
      throw new RangeError('a fault of ours')
    },
  })
}

const tick = equityTick(1000_00000000n, { seq: 7 })
const resume = { kind: 'resume', holders: null, rebase: false, admin: false, reason: null, by: 'ada' } as const

function judge(input: TraderInput, state: TraderState = INITIAL_STATE) {
  return decide('bot1', state, BUILT_IN_CONFIGURATION, input)
}

describe('an input at which the rules throw', () => {
  it('is a rejected tick with the error, which moves no reference, and blocks entries', () => {
    const input = { kind: 'tick', seq: 5, time: AT, tick: failing(tick, 'equity') } as const
    const decision = judge(input)
    const reason = 'could not be judged: RangeError: a fault of ours'
    expect(decision).toMatchObject({
      kind: 'event',
      refused: null,
      event: {
        type: 'tick-rejected',
        facts: [{ kind: 'tick-rejected', reason, cause: 'invalid' }],
        state: {
          ...INITIAL_STATE,
          version: 1,
          inputSeq: 5,
          firstInputSeq: 5,
          time: AT,
          clock: 'server 00:00 UTC',
          nextResetAt: expect.any(Number),
          doubt: { rejected: reason },
        },
      },
      error: expect.any(RangeError),
    })
    expect(judge(input)).toEqual(decision)
  })

  it('is a refused command', () => {
    const input = { kind: 'control', seq: 5, time: AT, control: failing(resume, 'kind') } as const
    expect(judge(input)).toMatchObject({
      kind: 'refused',
      reason: 'could not be judged: RangeError: a fault of ours',
      error: expect.any(RangeError),
    })
  })

  it('is refused where its rejection meets the fault too', () => {
    const state = failing(INITIAL_STATE, 'version')
    expect(judge({ kind: 'tick', seq: 5, time: AT, tick }, state)).toMatchObject({ kind: 'refused' })
  })

  it('is a refused change of the configuration', () => {
    const change = { kind: 'flags', enforcement: false, persistence: null, reason: null, by: null } as const
    expect(decideChange(BUILT_IN_CONFIGURATION, failing(change, 'enforcement'), 5, AT)).toMatchObject({
      ok: false,
      reason: 'could not be read: RangeError: a fault of ours',
      error: expect.any(RangeError),
    })
  })
})
