import { describe, expect, test } from 'vitest'
import { flagsCommand, limitsCommand, traderCommand } from '../src/core/command.ts'

const RATIO = 'max_drawdown is 0.05 percent; if a ratio was meant, write 5 for 5 percent'
const limitsFor = (body: object) => limitsCommand({ ...body }, 'alice')

describe('a command with a ratio for a percentage is taken, with a warning', () => {
  test('to one trader', () => {
    expect(traderCommand('limits', 'bot1', { max_drawdown: 0.05 }, 'alice')).toMatchObject({
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
  ['a cash flow', traderCommand('cash-flow', 'bot1', { amount: 0.05 }, 'alice')],
  ['flags', flagsCommand({ enable_persistence: true }, 'alice')],
])('%s have no warnings', (_name, command) => {
  expect(command).toMatchObject({ ok: true, value: { warnings: [] } })
})
