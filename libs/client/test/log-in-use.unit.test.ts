import type { Heartbeat } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/nats'
import { beforeEach, describe, expect, test } from 'vitest'
import { LogInUse } from '../src/inbound/log-in-use.ts'
import { DamagedRiskLogError, OtherRiskLogError } from '../src/risk-log-errors.ts'

const [FIRST, SECOND, THIRD] = ['2026-03-12T14:00:00Z', '2026-03-12T15:00:00Z', '2026-03-12T16:00:00Z'] as const

const beatOf = (log?: string): Heartbeat => ({ instance: 'test', settled: 0, lag: 0, ...(log && { log }) })

let errors: string[]
/** The highest sequence that the log is known to hold. */
let knownSeq: number
let logInUse: LogInUse

beforeEach(() => {
  errors = []
  knownSeq = 0
  const log: Logger = { info: () => undefined, warn: () => undefined, error: (_fields, what) => errors.push(what) }
  const sight = {
    look: async () => null,
    knows: (seq: number) => {
      knownSeq = Math.max(knownSeq, seq)
    },
    forget: () => {
      knownSeq = 0
    },
  }
  logInUse = new LogInUse(sight, log)
})

describe('the log in use', () => {
  test('is the first one that is read', () => {
    expect(logInUse.isKnown).toBe(false)

    expect(logInUse.goBy({ created: FIRST, continues: [] })).toBe(false)

    expect(logInUse.isKnown).toBe(true)
    expect(logInUse.isCreatedAt(FIRST)).toBe(true)
    expect(() => logInUse.expect({ created: FIRST, continues: [] })).not.toThrow()
    expect(() => logInUse.expect({ created: SECOND, continues: [FIRST] })).toThrow(OtherRiskLogError)
  })

  test('stays the same if another one does not continue it', () => {
    logInUse.goBy({ created: FIRST, continues: [] })

    expect(() => logInUse.goBy({ created: THIRD, continues: [SECOND] })).toThrow(
      `was recreated at ${THIRD}; the decisions known here are of the one created at ${FIRST}`,
    )
    expect(logInUse.isCreatedAt(FIRST)).toBe(true)
  })

  test('is another, unknown one once that continues it', () => {
    logInUse.goBy({ created: FIRST, continues: [] })
    logInUse.knows(7)

    expect(logInUse.goBy({ created: THIRD, continues: [FIRST, SECOND] })).toBe(true)

    expect(logInUse.isCreatedAt(THIRD)).toBe(true)
    expect(knownSeq).toBe(0)
    expect(logInUse.goBy({ created: THIRD, continues: [FIRST, SECOND] })).toBe(false)
  })
})

describe('a heartbeat', () => {
  test('that names no log counts, unless the log was adopted', () => {
    logInUse.goBy({ created: FIRST, continues: [] })
    expect(logInUse.isUsedBy(beatOf())).toBe(true)

    logInUse.goBy({ created: SECOND, continues: [FIRST] })

    expect(logInUse.isUsedBy(beatOf())).toBe(false)
  })

  test('that names a log counts if it is the one in use', () => {
    expect(logInUse.isUsedBy(beatOf(FIRST))).toBe(false)

    logInUse.goBy({ created: FIRST, continues: [] })

    expect(logInUse.isUsedBy(beatOf(FIRST))).toBe(true)
    expect(logInUse.isUsedBy(beatOf(SECOND))).toBe(false)
  })
})

describe('the stream that is there is refused', () => {
  const cases = [
    { name: 'if a guardian reads another one', seen: SECOND, told: FIRST, isRefused: true },
    { name: 'if no guardian answers, and it is not the one in use', seen: SECOND, told: null, isRefused: true },
    { name: 'not if a guardian reads it, as an adopted one', seen: SECOND, told: SECOND, isRefused: false },
    { name: 'not if it is the one in use', seen: FIRST, told: null, isRefused: false },
    { name: 'not if this user may not ask which it is', seen: null, told: SECOND, isRefused: false },
  ]
  test.each(cases)('$name', ({ seen, told, isRefused }) => {
    logInUse.goBy({ created: FIRST, continues: [] })
    const compare = () => logInUse.compare(seen, told === null ? null : { created: told, continues: [] })

    if (isRefused) expect(compare).toThrow(OtherRiskLogError)
    else expect(compare).not.toThrow()
  })
})

test('each reason of a refusal is logged once, until the log is used again', () => {
  const recreated = new OtherRiskLogError(FIRST, SECOND)
  const damaged = new DamagedRiskLogError({ kind: 'version', trader: 'bot1', version: 1, known: 2 })

  logInUse.refuse(recreated)
  logInUse.refuse(new OtherRiskLogError(FIRST, SECOND))
  expect(errors).toHaveLength(1)
  logInUse.refuse(damaged)
  expect(errors).toHaveLength(2)
  logInUse.accept()
  logInUse.refuse(damaged)

  expect(errors).toHaveLength(3)
})
