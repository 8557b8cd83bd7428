import { decodeTick, parseTickAmount } from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'

const UNIT = 100_000_000n
const LARGEST = 10n ** 23n - 1n

/** What programs print for an amount, and its units. */
const printed: readonly (readonly [text: string, units: bigint])[] = [
  ['0', 0n],
  ['-0', 0n],
  ['-0.000000000000', 0n],
  ['10250.5', 1_025_050_000_000n],
  ['10250.500000000000', 1_025_050_000_000n],
  ['121110.69046669923', 12_111_069_046_669n],
  ['-121110.69046669923', -12_111_069_046_670n],
  ['0.30000000000000004', 30_000_000n],
  ['0.29999999999999999', 29_999_999n],
  ['-0.30000000000000004', -30_000_001n],
  ['1000.00000000000000001', 1_000n * UNIT],
  ['-1000.00000000000000001', -1_000n * UNIT - 1n],
  ['1e-9', 0n],
  ['-1e-9', -1n],
  ['1e-8', 1n],
  ['-1e-8', -1n],
  ['1E3', 1_000n * UNIT],
  ['1e+3', 1_000n * UNIT],
  ['1.5e3', 1_500n * UNIT],
  ['1.0250500000000E4', 1_025_050_000_000n],
  ['1000000000000000.5e-5', 1_000_000_000_000_000_500n],
  ['123456789012345678901234567890e-20', 123_456_789_012_345_678n],
  ['999999999999999.99999999', LARGEST],
  ['999999999999999.999999999999', LARGEST],
  ['-999999999999999.99999999', -LARGEST],
  ['0e999999', 0n],
  ['0.0e-999999', 0n],
  ['1e-999999', 0n],
  ['1e-99999999999999999999', 0n],
  ['-1e-999999', -1n],
  ['5e-324', 0n],
  ['-1e-400', -1n],
  ['-100e-12', -1n],
]

describe('an amount of a bot', () => {
  it.each(printed)('%s is read by its digits and cut downward, as a JSON number and as a string', (text, units) => {
    expect(parseTickAmount(text)).toEqual({ ok: true, value: units })
    for (const written of [text, `"${text}"`]) {
      const tick =
        `{"equity":${written},"balance":${written},"unrealizedPnl":${written},` +
        `"net_deposits":${written},"closed":[{"id":"a","pnl":${written}}]}`
      const value = { equity: units, balance: units, unrealizedPnl: units, netDeposits: units, faults: null }
      expect({ tick, read: decodeTick(new TextEncoder().encode(tick)) }).toMatchObject({
        read: { ok: true, value: { ...value, closed: [{ id: 'a', at: null, pnl: units }] } },
      })
    }
  })

  it.each([
    ['007.5', 750_000_000n],
    [`${'0'.repeat(60_000)}1`, UNIT],
    [`0.${'0'.repeat(60_000)}1`, 0n],
    [`-0.${'0'.repeat(60_000)}1`, -1n],
    [`1${'0'.repeat(60_000)}e-60000`, UNIT],
    [`1e${'0'.repeat(60_000)}3`, 1_000n * UNIT],
  ])('may be a string with as many zeros as a message has room for', (text, units) => {
    expect(parseTickAmount(text)).toEqual({ ok: true, value: units })
  })

  it.each([
    ['1e15'],
    ['-1e15'],
    ['1000000000000000'],
    ['-999999999999999.999999999'],
    ['1e400'],
    ['1e999999'],
    ['-1e999999'],
    [`1e${'9'.repeat(60_000)}`],
    ['9'.repeat(60_000)],
    [`1${'0'.repeat(60_000)}`],
  ])('is refused as too large, whatever its length: %#', (text) => {
    const refusal = { ok: false, reason: 'must be below 1e15 in size' }
    expect(parseTickAmount(text)).toEqual(refusal)
    expect(decodeTick(new TextEncoder().encode(`{"equity":${text}}`))).toEqual({
      ...refusal,
      reason: `equity ${refusal.reason}`,
    })
  })

  it.each([
    [0.1 + 0.2, 30_000_000n],
    [121110.69046669923, 12_111_069_046_669n],
    [1e-9, 0n],
    [-1e-9, -1n],
    [1e14, 10n ** 22n],
    [1234567890123456, null],
    [123456789012345.67, 12_345_678_901_234_567_000_000n],
  ])('may be the number %d of the same process, read as it is printed', (value, units) => {
    const read = parseTickAmount(value)
    expect(read).toEqual(
      units === null ? { ok: false, reason: 'must be below 1e15 in size' } : { ok: true, value: units },
    )
  })

  it.each([
    [Number.NaN, /^must be a finite number, got NaN$/],
    [Number.POSITIVE_INFINITY, /^must be below 1e15 in size$/],
    [1e15, /^must be below 1e15 in size$/],
    ['', /^must be a decimal like "10250.50", got ""$/],
    [' 1', /^must be a decimal/],
    ['1 ', /^must be a decimal/],
    ['1\n', /^must be a decimal/],
    ['+1', /^must be a decimal/],
    ['1.', /^must be a decimal/],
    ['.5', /^must be a decimal/],
    ['1,000', /^must be a decimal/],
    ['1_000', /^must be a decimal/],
    ['--1', /^must be a decimal/],
    ['1e', /^must be a decimal/],
    ['1e+', /^must be a decimal/],
    ['1e1.5', /^must be a decimal/],
    ['1e5e5', /^must be a decimal/],
    ['0x10', /^must be a decimal/],
    ['١٢', /^must be a decimal/],
    ['NaN', /^must be a decimal/],
    ['Infinity', /^must be a decimal/],
    [`1e${'0'.repeat(60_000)}x`, /^must be a decimal/],
    [null, /^must be a number or a decimal string, got null$/],
    [undefined, /got nothing$/],
    [true, /got true$/],
    [[1], /got \[1\]$/],
    [{}, /got \{\}$/],
  ])('may not be %#', (value, reason) => {
    const read = parseTickAmount(value)
    expect(read).toEqual({ ok: false, reason: expect.stringMatching(reason) })
    if (!read.ok) expect(read.reason.length).toBeLessThan(200)
  })
})
