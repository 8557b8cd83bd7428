import { decodeRiskEvent, encodeRiskEvent, riskEventToMessage } from '@drawbridge/contracts'
import { event, tick, under } from '@drawbridge/testing/engine'
import { expect, test } from 'vitest'

const limits = { max_daily_loss: 5, max_drawdown: 20 } as const
const morning = tick('2026-03-12T09:00Z', 1000)

test('an ordinary event says of each limit what it is measured from, its lines, its room and the percentage, and no more', () => {
  const ordinary = event(under(limits).given(morning).when(tick('2026-03-12T10:00Z', 970)).decision)
  const { state } = riskEventToMessage(ordinary)
  const { firstInputSeq, clock, limitsKey, ...rest } = state

  expect([firstInputSeq, clock, limitsKey]).toEqual([2, 'server 00:00 UTC', expect.stringMatching(/^[0-9a-f]{16}$/)])
  expect(rest).toEqual({
    ...{ firstEquity: '1000', equity: '970', balance: null, peakEquity: '1000', dayEquity: '1000', dayBalance: null },
    dayStartedAt: '2026-03-12T09:00:00.000Z',
    nextResetAt: '2026-03-13T00:00:00.000Z',
    limitStates: [
      { name: 'max_daily_loss', reference: '1000', line: '950', firstTierAt: '960', room: '20', percent: '3' },
      { name: 'max_drawdown', reference: '1000', line: '800', firstTierAt: '840', room: '170', percent: '3' },
    ],
    undo: { equity: '1000' },
    days: { count: 1 },
  })
  expect(decodeRiskEvent(encodeRiskEvent(ordinary))).toEqual({ ok: true, value: ordinary })
})

test('an event says what a limit is measured from where that is not the default', () => {
  const initial = { ...limits, initial_balance: 1100 }
  const { state } = riskEventToMessage(event(under(initial).given().when(morning).decision))

  expect(state.limitStates).toMatchObject([
    { name: 'max_daily_loss', basis: 'day start of equity|1100', initial: '1100' },
    { name: 'max_drawdown', basis: 'lifetime peak of equity continuous|1100', initial: '1100' },
  ])
})
