import { describe, expect, test } from 'vitest'
import { flagsCommand, limitsCommand, traderCommand } from '../src/core/command.ts'

const RATIO = 'max_drawdown is 0.05 percent; if a ratio was meant, write 5 for 5 percent'
const ALICE = { by: 'alice', isAdmin: false, key: null }
const limitsFor = (body: object) => limitsCommand({ ...body }, 'alice')

describe('a command with a ratio for a percentage is taken, with a warning', () => {
  test('to one trader', () => {
    expect(traderCommand('limits', 'bot1', { max_drawdown: 0.05 }, ALICE)).toMatchObject({
      ok: true,
      value: { warnings: [RATIO] },
    })
  })

  test('to all, with the trader that it is for', () => {
    const body = { max_drawdown: 0.05, traders: { bot2: { max_drawdown: '0.05', max_daily_loss: 5 } } }
    expect(limitsFor(body)).toMatchObject({ ok: true, value: { warnings: [RATIO, `bot2: ${RATIO}`] } })
  })
})

test.each([
  ['limits of percentages', limitsFor({ max_drawdown: 5, traders: { bot2: { max_daily_loss: 1 } } })],
  ['a cash flow', traderCommand('cash-flow', 'bot1', { amount: 0.05 }, ALICE)],
  ['flags', flagsCommand({ enable_persistence: true }, 'alice')],
])('%s have no warnings', (_name, command) => {
  expect(command).toMatchObject({ ok: true, value: { warnings: [] } })
})

const payloadOf = (command: ReturnType<typeof traderCommand>): object => {
  if (!command.ok) throw new Error(command.reason)
  return JSON.parse(new TextDecoder().decode(command.value.payload))
}

test('a resume of an admin says so, and nobody else can say it', () => {
  const body = { reason: 'checked', holder: 'operator:bob' }
  expect(payloadOf(traderCommand('resume', 'bot1', body, { ...ALICE, isAdmin: true }))).toMatchObject({ admin: true })
  expect(payloadOf(traderCommand('resume', 'bot1', body, ALICE))).not.toHaveProperty('admin')
})

test('a cash flow has the idempotency key of its request as its id, unless it says another', () => {
  const keyed = { ...ALICE, key: 'deposit-7' }
  expect(payloadOf(traderCommand('cash-flow', 'bot1', { amount: 5 }, keyed))).toMatchObject({ id: 'deposit-7' })
  expect(payloadOf(traderCommand('cash-flow', 'bot1', { amount: 5, id: 'mine' }, keyed))).toMatchObject({ id: 'mine' })
  expect(payloadOf(traderCommand('pause', 'bot1', { reason: 'x' }, keyed))).not.toHaveProperty('id')
})
