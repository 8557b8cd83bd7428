import { describe, expect, it } from 'vitest'
import { type LogMessage, type ReadInput, readInput } from '../src/core/read-input.ts'

function read(subject: string, payload: string | Uint8Array): ReadInput {
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
  const message: LogMessage = { subject, seq: 7, time: 1_000, payload: bytes, traceparent: '' }
  return readInput(message)
}

const long = 'x'.repeat(65)

describe('reading a message of the input log', () => {
  it.each([
    ['equity.tick.bot1', '{"equity": 1000}', { kind: 'tick', tick: { equity: 1000_00000000n } }],
    ['equity.tick.A_b-9', '{"equity": "0.00000001"}', { kind: 'tick', tick: { equity: 1n } }],
    [`equity.tick.${'x'.repeat(64)}`, '{"equity": 1, "seq": 5}', { kind: 'tick', tick: { seq: 5 } }],
    [
      'control.pause.bot1',
      '{"reason": "r"}',
      { kind: 'control', control: { kind: 'pause', reason: 'r', until: null } },
    ],
    ['control.resume.bot1', '', { kind: 'control', control: { kind: 'resume' } }],
    ['control.limits.bot1', '{"max_drawdown": 5}', { kind: 'control', control: { kind: 'limits' } }],
    ['control.cash-flow.bot1', '{"amount": -5}', { kind: 'control', control: { kind: 'cash-flow' } }],
    ['control.wake.bot1', '', { kind: 'control', control: { kind: 'wake' } }],
    ['control.wake.bot1', '{}', { kind: 'control', control: { kind: 'wake' } }],
  ])('takes %s %s for an input of its trader', (subject, payload, input) => {
    const trader = subject.slice(subject.lastIndexOf('.') + 1)
    expect(read(subject, payload)).toMatchObject({ kind: 'trader', trader, input: { ...input, seq: 7, time: 1_000 } })
  })

  it.each([
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['hello', 'is not JSON'],
    ['{"equity": NaN}', 'NaN is not a JSON number'],
    ['{"equity": -Infinity}', 'Infinity is not a JSON number'],
    ['{"equity": 1e400}', 'equity'],
    ['{"equity": "many"}', 'equity must be a decimal'],
    ['{"equity": null}', 'equity must be'],
    ['{}', 'equity is missing'],
    ['[1000]', 'must be a JSON object'],
    ['1000', 'must be a JSON object'],
    ['{"equity": 1e15}', 'below 1e15'],
    [new Uint8Array([0xff]), 'is not UTF-8'],
    ['x'.repeat(60_000), 'is not JSON'],
    ['x'.repeat(1_000_000), 'has 1000000 bytes; a tick may have 65536'],
  ])('takes the tick %s for one that cannot be read', (payload, reason) => {
    const input = read('equity.tick.bot1', payload)
    expect(input).toMatchObject({ kind: 'trader', trader: 'bot1', input: { kind: 'unreadable-tick', seq: 7 } })
    expect(JSON.stringify(input)).toContain(reason)
    expect(JSON.stringify(input).length).toBeLessThan(1_000)
  })

  it.each([
    ['control.limits', '{"max_drawdown": 5, "max_traders": 3}', { kind: 'limits', maxTraders: 3 }],
    ['control.flags', '{"enable_persistence": false}', { kind: 'flags', persistence: false, enforcement: null }],
  ])('takes %s for a change of the configuration', (subject, payload, change) => {
    expect(read(subject, payload)).toMatchObject({ kind: 'configuration', change })
  })

  it.each([
    ['equity.tick.a.b', '{"equity": 1}', 'trader id "a.b"'],
    ['equity.tick.*', '{"equity": 1}', 'trader id "*"'],
    ['equity.tick.>', '{"equity": 1}', 'trader id ">"'],
    ['equity.tick.', '{"equity": 1}', 'trader id ""'],
    ['equity.tick.käse', '{"equity": 1}', 'must be 1 to 64'],
    [`equity.tick.${long}`, '{"equity": 1}', 'must be 1 to 64'],
    ['equity.tick.flags', '{"equity": 1}', '"flags" is reserved'],
    ['equity.tick.limits', '{"equity": 1}', '"limits" is reserved'],
    ['equity.tick.settled', '{"equity": 1}', '"settled" is reserved'],
    [`control.pause.${long}`, '{"reason": "r"}', 'must be 1 to 64'],
    ['control.wake.limits', '', '"limits" is reserved'],
    ['control.pause.bot1', '', 'reason is missing'],
    ['control.pause.bot1', '{"reason": "r", "until": "soon"}', 'until must be a time'],
    ['control.limits.bot1', '{}', 'names no limit'],
    ['control.cash-flow.bot1', '{"amount": 0}', 'amount must not be 0'],
    ['control.cash-flow.bot1', '{"amount": "1e3"}', 'amount must be a decimal'],
    ['control.resume.bot1', '{"reasn": "r"}', 'did you mean "reason"'],
    ['control.wake.bot1', '[]', 'must be a JSON object'],
    ['control.limits', '', 'is empty'],
    ['control.limits', '{"max_traders": 0}', 'max_traders must be'],
    ['control.limits', '{"traders": {"a.b": {}}}', 'trader id "a.b"'],
    ['control.flags', '{"enable_persistance": true}', 'did you mean "enable_persistence"'],
    ['control.flags', '{}', 'names no flag'],
    ['control.nonsense.bot1', '{}', 'no input is known by the subject control.nonsense.bot1'],
    ['control.pause.bot1.more', '{"reason": "r"}', 'no input is known by the subject'],
    ['equity.tock.bot1', '{"equity": 1}', 'no input is known by the subject'],
    ['equity', '{"equity": 1}', 'no input is known by the subject'],
  ])('refuses %s %s', (subject, payload, reason) => {
    const input = read(subject, payload)
    expect(input).toMatchObject({ kind: 'reject' })
    expect(JSON.stringify(input)).toContain(JSON.stringify(reason).slice(1, -1))
  })
})
