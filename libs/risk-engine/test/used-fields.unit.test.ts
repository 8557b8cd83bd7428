import { type LimitsMessage, TickSchema } from '@drawbridge/contracts'
import { tick, under } from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

const at = (time: string) => `2026-03-12T${time}Z`
const ofBalance: LimitsMessage = { max_daily_loss: 10, daily_loss_of: 'balance-at-reset' }
const optional = Object.keys(TickSchema.properties).filter((field) => field !== 'equity')

describe('a field of a tick that cannot be read', () => {
  it.each(optional)('is ignored where no limit uses it: %s', (field) => {
    under({ max_daily_loss: 10, max_drawdown: 20 })
      .given(tick(at('09:00'), 1000, { balance: 1001 }))
      .when(tick(at('10:00'), 850, { [field]: true }))
      .thenEvent({ type: 'breach', state: { equity: '850', balance: null } })
  })

  it('rejects the tick where a limit uses it: the balance where the daily loss is a part of it', () => {
    const { before, after, thenEvent } = under(ofBalance)
      .given(tick(at('09:00'), 1000, { balance: 1001 }))
      .when(tick(at('10:00'), 850, { balance: 'x', seq: 7 }))
    thenEvent({
      type: 'tick-rejected',
      tickSeq: 7,
      facts: [
        { kind: 'tick-rejected', reason: 'balance must be a decimal like "10250.50", got "x"', cause: 'invalid' },
      ],
    })
    const { version, inputSeq, time, doubt } = after
    expect(after).toEqual({ ...before, version, inputSeq, time, doubt })
  })

  it.each([
    ['the limit is off', { ...ofBalance, max_daily_loss: null }],
    ['the limit is a part of equity', { ...ofBalance, daily_loss_of: 'equity-at-reset' }],
    ['the limit is a part of the initial balance', { ...ofBalance, daily_loss_of: 'initial-balance' }],
  ] satisfies readonly (readonly [string, LimitsMessage])[])('is ignored where %s', (_name, limits) => {
    under(limits)
      .given()
      .when(tick(at('10:00'), 850, { balance: 'x' }))
      .thenEvent({ type: 'assessed', state: { equity: '850', balance: null } })
  })

  it('is no other than one that is absent: without a balance the tick counts, whatever its limits', () => {
    under(ofBalance)
      .given()
      .when(tick(at('10:00'), 850, { balance: null }))
      .thenEvent({ type: 'assessed', state: { equity: '850', balance: null } })
  })
})
