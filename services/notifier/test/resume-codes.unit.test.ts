import { describe, expect, test } from 'vitest'
import { CODE_LASTS_MS, giveCode, NO_CODES, type ResumeCodes, redeem } from '../src/core/resume-codes.ts'

const NOW = Date.UTC(2026, 0, 1)
const asked = { user: 7, trader: 'bot1', pause: 'a pause', code: '123456', now: NOW }
const tried = { user: 7, trader: 'bot1', code: '123456', now: NOW }
const given = (more: Partial<typeof asked> = {}, before = NO_CODES): ResumeCodes =>
  giveCode(before, { ...asked, ...more }) ?? expect.fail('no code was given')

describe('a code', () => {
  test('is good once, for the pause for which it was given', () => {
    const { codes, redeemed } = redeem(given(), tried)
    expect(redeemed).toEqual({ kind: 'good', pause: 'a pause' })
    expect(redeem(codes, tried).redeemed).toEqual({ kind: 'none' })
  })

  test.each([
    ['another person', { user: 8 }],
    ['another trader', { trader: 'bot2' }],
    ['a time after two minutes', { now: NOW + CODE_LASTS_MS }],
  ])('is nothing for %s', (_, more) => {
    expect(redeem(given(), { ...tried, ...more }).redeemed).toEqual({ kind: 'none' })
  })

  test('is gone after three wrong tries, and good after two', () => {
    const wrong = { ...tried, code: '000000' }
    const one = redeem(given(), wrong)
    const two = redeem(one.codes, wrong)
    const three = redeem(two.codes, wrong)
    expect([one, two, three].map(({ redeemed }) => redeemed)).toEqual(
      [2, 1, 0].map((triesLeft) => ({ kind: 'wrong', triesLeft })),
    )
    expect(redeem(two.codes, tried).redeemed.kind).toBe('good')
    expect(redeem(three.codes, tried).redeemed.kind).toBe('none')
  })

  test('takes the place of an earlier one', () => {
    const codes = given({ code: '654321' }, given())
    expect(redeem(codes, tried).redeemed.kind).toBe('wrong')
    expect(codes.open).toHaveLength(1)
  })

  test('is given five times in ten minutes to a person, and again after that', () => {
    let codes = NO_CODES
    for (let count = 0; count < 5; count += 1) codes = given({}, codes)
    expect(giveCode(codes, asked)).toBeNull()
    expect(giveCode(codes, { ...asked, user: 8 })).not.toBeNull()
    const later = giveCode(codes, { ...asked, now: NOW + 600_000 })
    expect(later?.asked).toHaveLength(1)
  })
})
