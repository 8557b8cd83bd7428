import { decodeTick, tickFromMessage } from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'

const bytes = (text: string) => new TextEncoder().encode(text)
const nothingElse = { balance: null, unrealizedPnl: null, at: null, seq: null }

describe('a tick', () => {
  it('may be bare', () => {
    expect(decodeTick(bytes('{"equity": 10250.5}'))).toEqual({
      ok: true,
      value: { equity: 1_025_050_000_000n, ...nothingElse },
    })
  })

  it('may be in full', () => {
    const full = '{"equity":"10250.50","balance":10000,"unrealizedPnl":-1.5,"at":"2026-03-12T20:00:00Z","seq":7}'
    expect(decodeTick(bytes(full))).toEqual({
      ok: true,
      value: {
        equity: 1_025_050_000_000n,
        balance: 1_000_000_000_000n,
        unrealizedPnl: -150_000_000n,
        at: Date.UTC(2026, 2, 12, 20),
        seq: 7,
      },
    })
  })

  it.each([
    '{"equity":1,"venue":"x"}',
    '{"venue":{"deep":[1,2.00000000000000001]},"equity":1}',
    '{"equity":1,"__proto__":{"balance":5}}',
    '\uFEFF{"equity":1}',
    ' {"equity":1}\n',
    '{"equity":2,"equity":1}',
    '{"equity":1e0}',
  ])('ignores what it does not name: %j', (text) => {
    expect(decodeTick(bytes(text))).toEqual({ ok: true, value: { equity: 100_000_000n, ...nothingElse } })
  })

  it.each([
    ['', /^is empty; send JSON like/],
    ['  \n', /^is empty/],
    ['equity=5', /^is not JSON/],
    ['{"equity":5', /^is not JSON/],
    ['{"equity":NaN}', /^is not JSON: NaN is not a JSON number$/],
    ['{"equity":Infinity}', /^is not JSON: Infinity is not a JSON number$/],
    ['{"equity":-Infinity}', /Infinity is not a JSON number$/],
    ['{"equity":01}', /^is not JSON/],
    ['null', /^must be a JSON object, got null$/],
    ['5', /^must be a JSON object, got 5$/],
    ['"5"', /^must be a JSON object/],
    ['[]', /^must be a JSON object, got \[\]$/],
    ['[{"equity":5}]', /^must be a JSON object/],
    ['{}', /^equity is missing$/],
    ['{"Equity":5}', /^equity is missing$/],
    ['{"equity":null}', /^equity must be a number or a decimal string, got null$/],
    ['{"equity":true}', /^equity must be a number or a decimal string, got true$/],
    ['{"equity":{}}', /^equity must be/],
    ['{"equity":[1]}', /^equity must be/],
    ['{"equity":""}', /^equity must be a decimal like "10250.50", got ""$/],
    ['{"equity":"1e5"}', /^equity must be a decimal/],
    ['{"equity":"lots"}', /^equity must be a decimal like "10250.50", got "lots"$/],
    ['{"equity":1e15}', /^equity must be below 1e15/],
    ['{"equity":1e400}', /^equity must be .*got Infinity$/],
    ['{"equity":-1e400}', /^equity must be .*got -Infinity$/],
    ['{"equity":1e300}', /^equity must be/],
    ['{"equity":0.000000001}', /^equity has .* decimals/],
    ['{"equity":10250.500000000001}', /^equity has 17 significant digits/],
    [
      '{"equity":1000.00000000000000001}',
      /^equity has 21 significant digits: a JSON number may have 15, send it as a string$/,
    ],
    ['{"equity":1000000000000000.5e-5}', /^equity has 17 significant digits/],
    ['{"equity":1,"balance":1000.00000000000000001}', /^balance has 21 significant digits/],
    ['{"equity":1,"balance":"x"}', /^balance must be a decimal/],
    ['{"equity":1,"balance":null}', /^balance must be/],
    ['{"equity":1,"unrealizedPnl":"1."}', /^unrealizedPnl must be a decimal/],
    ['{"equity":1,"at":"2026-03-12"}', /^at must be a time with a zone/],
    ['{"equity":1,"at":1773345600}', /^at must be a time like/],
    ['{"equity":1,"seq":-1}', /^seq must be a whole number from 0 up, got -1$/],
    ['{"equity":1,"seq":1.5}', /^seq must be/],
    ['{"equity":1,"seq":9007199254740992}', /^seq must be/],
    ['{"equity":"x","balance":true,"seq":"y"}', /^(?=.*balance must be)(?=.*seq must be)/],
  ])('is refused as %j', (text, reason) => {
    expect(decodeTick(bytes(text))).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  })

  it('is refused where it is not UTF-8', () => {
    expect(decodeTick(new Uint8Array([0xff, 0xfe, 0x7b]))).toEqual({ ok: false, reason: 'is not UTF-8 text' })
    expect(decodeTick(new Uint8Array([0x80]))).toEqual({ ok: false, reason: 'is not UTF-8 text' })
  })

  it('is refused with a short reason, however large it is', () => {
    const reasons = [
      `{"equity":"${'9'.repeat(2_000_000)}"}`,
      `{"equity":"${'😀'.repeat(500_000)}"}`,
      'x'.repeat(2_000_000),
    ]
    for (const text of reasons) {
      const read = decodeTick(bytes(text))
      if (read.ok) throw new Error('was taken')
      expect(read.reason.length).toBeLessThan(300)
      expect(read.reason.isWellFormed()).toBe(true)
    }
  })

  it('may come as a parsed JSON value', () => {
    expect(tickFromMessage({ equity: '1' })).toEqual({ ok: true, value: { equity: 100_000_000n, ...nothingElse } })
    expect(tickFromMessage(undefined)).toEqual({ ok: false, reason: 'must be a JSON object, got nothing' })
  })
})
