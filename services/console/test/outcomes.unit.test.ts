import { toJsonBytes } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import { traderCommand } from '../src/core/command.ts'
import { outcomeIn } from '../src/inbound/outcomes.ts'

const BOB = { by: 'bob', isAdmin: false, key: null }
const resume = traderCommand('resume', 'bot1', { reason: 'checked' }, BOB)
const limits = traderCommand('limits', 'bot1', { max_drawdown: 5 }, BOB)

function outcome(command: typeof resume, facts: readonly object[], pause: object | null = { holds: [] }): string {
  if (!command.ok) throw new Error(command.reason)
  const data = toJsonBytes({ inputSeq: 7, facts, state: { pause } })
  return outcomeIn(
    { seq: 1, log: 'bot1', isTrader: true, type: 'x', data, traceparent: '', guardian: '' },
    command.value,
  ).kind
}

test.each([
  ['a resume that was obeyed', resume, [{ kind: 'resumed', cause: 'operator', by: 'bob' }], 'stored'],
  ['a resume beside a hold that time ended', resume, [{ kind: 'resumed', cause: 'time', by: null }], 'refused'],
  ['a resume that caused nothing', resume, [{ kind: 'day-started' }], 'refused'],
  ['a change that was made', limits, [{ kind: 'limits-changed', by: 'bob' }], 'stored'],
  ['a change beside one that had waited', limits, [{ kind: 'limits-changed', by: null }], 'refused'],
] as const)('%s is %s', (_name, command, facts, kind) => {
  expect(outcome(command, facts)).toBe(kind)
})

test('a resume of what time had just ended is done', () => {
  expect(outcome(resume, [{ kind: 'resumed', cause: 'time', by: null }], null)).toBe('stored')
})
