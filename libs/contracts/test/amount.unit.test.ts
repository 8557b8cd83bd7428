import { describe as describeValue, formatAmount, parseAmount, percentOf } from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'

describe('an amount', () => {
  it.each([
    [0, 0n],
    [-0, 0n],
    [1, 1_00000000n],
    [-1, -1_00000000n],
    [10250.5, 1_025_050_000_000n],
    [0.1, 10_000_000n],
    [1e-8, 1n],
    [-1e-8, -1n],
    [1.5e-7, 15n],
    [9_999_999.99999999, 999_999_999_999_999n],
    [10_000_000.1, 1_000_000_010_000_000n],
    [1_234_567.12345678, 123_456_712_345_678n],
    [999_999_999_999_999, 99_999_999_999_999_900_000_000n],
    [-999_999_999_999_999, -99_999_999_999_999_900_000_000n],
    [123_456_789_012_345, 12_345_678_901_234_500_000_000n],
    [12_345_678.1234567, 1_234_567_812_345_670n],
    [1e14, 10n ** 22n],
  ])('may be the JSON number %d', (value, units) => {
    expect(parseAmount(value)).toEqual({ ok: true, value: units })
  })

  it.each([
    ['0', 0n],
    ['-0', 0n],
    ['-0.00', 0n],
    ['00', 0n],
    ['007.5', 750_000_000n],
    ['10250.50', 1_025_050_000_000n],
    ['-10250.5', -1_025_050_000_000n],
    ['0.00000001', 1n],
    ['1.000000000000', 1_00000000n],
    ['999999999999999.99999999', 10n ** 23n - 1n],
    ['-999999999999999.99999999', 1n - 10n ** 23n],
  ])('may be the decimal string "%s"', (value, units) => {
    expect(parseAmount(value)).toEqual({ ok: true, value: units })
  })

  it.each([
    [Number.NaN, /must be a finite number, got NaN/],
    [Number.POSITIVE_INFINITY, /must be a finite number, got Infinity/],
    [Number.NEGATIVE_INFINITY, /must be a finite number, got -Infinity/],
    [1e15, /must be below 1e15/],
    [-1e15, /must be below 1e15/],
    [1e21, /must be below 1e15/],
    [1e300, /must be/],
    [1e-9, /decimals: at most 8/],
    [5e-324, /must be/],
    [0.1 + 0.2, /17 significant digits.*send "0.30000000000000004" as a string/],
    [1234567890123456, /16 significant digits/],
    [1234567.123456789, /16 significant digits/],
    [123456.123456789, /9 decimals: at most 8/],
    ['', /must be a decimal like "10250.50", got ""/],
    [' 1', /must be a decimal/],
    ['1 ', /must be a decimal/],
    ['+1', /must be a decimal/],
    ['1e5', /must be a decimal/],
    ['1.', /must be a decimal/],
    ['.5', /must be a decimal/],
    ['--1', /must be a decimal/],
    ['1,000', /must be a decimal/],
    ['1\n', /must be a decimal/],
    ['0x10', /must be a decimal/],
    ['١٢', /must be a decimal/],
    ['NaN', /must be a decimal/],
    ['Infinity', /must be a decimal/],
    ['1'.repeat(41), /must be a decimal/],
    ['1000000000000000', /below 1e15/],
    ['-1000000000000000', /below 1e15/],
    ['0.000000001', /9 decimals/],
    [null, /must be a number or a decimal string, got null/],
    [undefined, /got nothing/],
    [true, /got true/],
    [[1], /got \[1\]/],
    [{}, /got \{\}/],
  ])('may not be %j', (value, reason) => {
    expect(parseAmount(value)).toEqual({ ok: false, reason: expect.stringMatching(reason) })
  })

  it.each([
    [0n, '0'],
    [1n, '0.00000001'],
    [-1n, '-0.00000001'],
    [100_000_000n, '1'],
    [150_000_000n, '1.5'],
    [-150_000_000n, '-1.5'],
    [10n ** 23n, '1000000000000000'],
    [1_000_000_010n, '10.0000001'],
  ])('of %d units is written "%s"', (units, text) => {
    expect(formatAmount(units)).toBe(text)
  })
})

describe('a percentage', () => {
  it.each([
    [50n, 1000n, '5'],
    [1n, 3n, '33.33333333'],
    [2n, 3n, '66.66666666'],
    [-1n, 3n, '-33.33333333'],
    [5n, 0n, '0'],
    [5n, -5n, '0'],
    [5n, 5n, '100'],
  ])('of %d in %d is %s, cut and not rounded', (part, whole, text) => {
    expect(formatAmount(percentOf(part, whole))).toBe(text)
  })
})

describe('a value in an error message', () => {
  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    ['a "b"', '"a \\"b\\""'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [{ a: 1 }, '{"a":1}'],
    ['line\nbreak', '"line\\nbreak"'],
    ['del\u007f', '"del\uFFFD"'],
  ])('%j is pictured as %s', (value, picture) => {
    expect(describeValue(value)).toBe(picture)
  })

  it('is cut short, and never through the middle of a character', () => {
    for (let length = 50; length < 64; length++) {
      const picture = describeValue(`${'a'.repeat(length)}😀😀😀😀`)
      expect(picture.length).toBeLessThanOrEqual(60)
      expect(picture.isWellFormed()).toBe(true)
    }
  })
})
