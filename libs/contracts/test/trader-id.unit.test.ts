import { parseTraderId, RESERVED_TRADER_IDS } from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'

describe('a trader id', () => {
  it.each(['a', 'bot1', 'sp500-hold', 'A_b-9', '-', '_', '__proto__', '0', 'binance:btc', 'a::b:', 'x'.repeat(64)])(
    'may be %s',
    (id) => {
      expect(parseTraderId(id)).toEqual({ ok: true, value: id })
    },
  )

  it.each([
    '',
    ' ',
    'a b',
    'a.b',
    '.',
    '*',
    'a*',
    '>',
    'a\n',
    'bot1\n',
    'é',
    'бот',
    '😀',
    'a/b',
    ':',
    ':a',
    'a,b',
    '$JS',
    'x'.repeat(65),
  ])('may not be %j', (id) => {
    expect(parseTraderId(id)).toEqual({
      ok: false,
      reason: expect.stringMatching(
        /^trader id ".*must be 1 to 64 letters, digits, "_", "-" or ":", and not begin with ":"$/,
      ),
    })
  })

  it.each(RESERVED_TRADER_IDS)('may not be %s, which is reserved', (id) => {
    expect(parseTraderId(id)).toEqual({ ok: false, reason: `trader id "${id}" is reserved for configuration` })
  })

  it('may be a reserved one in other letters', () => {
    expect(parseTraderId('Limits').ok).toBe(true)
  })
})
