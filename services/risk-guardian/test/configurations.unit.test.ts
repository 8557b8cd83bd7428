import { DEFAULT_LIMITS, type FlagsEvent, type LimitsEvent } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import { Configurations } from '../src/configurations.ts'
import type { Role } from '../src/core/role.ts'
import type { RiskLog } from '../src/outbound/risk-log.ts'

const envelope = (inputSeq: number) => ({ inputSeq, recordedAt: 0, reason: null, by: null, previous: null })
const flags = (inputSeq: number, enforcement: boolean): FlagsEvent => ({
  kind: 'flags',
  ...envelope(inputSeq),
  enforcement,
  persistence: true,
})
const limits = (inputSeq: number, maxTraders: number): LimitsEvent => ({
  kind: 'limits',
  ...envelope(inputSeq),
  defaults: DEFAULT_LIMITS,
  traders: {},
  maxTraders,
  pending: [],
})

/** What is in force once these events of the log were read, in this order. */
function after(...events: readonly (FlagsEvent | LimitsEvent)[]) {
  const configurations = new Configurations({} as RiskLog, {} as Role, new AbortController().signal)
  for (const event of events) configurations.apply(event, 100)
  const { enforcement, maxTraders } = configurations.current
  return { enforcement, maxTraders }
}

test('limits are in force where the log has newer flags before them, as after an adoption', () => {
  expect(after(flags(9, false), limits(5, 7))).toEqual({ enforcement: false, maxTraders: 7 })
  expect(after(limits(9, 7), flags(5, false))).toEqual({ enforcement: false, maxTraders: 7 })
})

test('an older event of the same kind changes nothing', () => {
  expect(after(limits(9, 7), limits(5, 8))).toMatchObject({ maxTraders: 7 })
  expect(after(flags(9, false), flags(5, true))).toMatchObject({ enforcement: false })
})
