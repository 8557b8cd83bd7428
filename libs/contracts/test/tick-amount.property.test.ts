import { decodeTick, formatAmount, parseTickAmount } from '@drawbridge/contracts'
import fc from 'fast-check'
import { expect, it } from 'vitest'

const BOUND = 10n ** 23n

/** A JSON number in parts; a double keeps only some of them. */
const literal = fc.record({
  negative: fc.boolean(),
  whole: fc.stringMatching(/^(0|[1-9][0-9]{0,24})$/),
  fraction: fc.stringMatching(/^[0-9]{0,25}$/),
  exponent: fc.oneof(fc.constant(null), fc.integer({ min: -40, max: 20 }), fc.integer({ min: -400, max: 400 })),
  mark: fc.constantFrom('e', 'E'),
  plus: fc.boolean(),
})
type Literal = typeof literal extends fc.Arbitrary<infer T> ? T : never

function textOf({ negative, whole, fraction, exponent, mark, plus }: Literal): string {
  const power = exponent === null ? '' : `${mark}${plus && exponent >= 0 ? '+' : ''}${exponent}`
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}${power}`
}

/** By fractions of whole numbers, without a limit to their size. */
function unitsOf({ negative, whole, fraction, exponent }: Literal): bigint {
  const power = (exponent ?? 0) - fraction.length + 8
  const digits = BigInt(whole + fraction) * (negative ? -1n : 1n)
  if (power >= 0) return digits * 10n ** BigInt(power)
  const divisor = 10n ** BigInt(-power)
  const units = digits / divisor
  return digits < 0n && units * divisor !== digits ? units - 1n : units
}

it('every JSON number is the amount that its text says, cut downward, or too large', () => {
  fc.assert(
    fc.property(literal, (made) => {
      const [text, units] = [textOf(made), unitsOf(made)]
      const isTooLarge = units >= BOUND || units <= -BOUND
      const read = decodeTick(new TextEncoder().encode(`{"note":{"equity":1},"equity":${text}}`))
      expect({ text, read: read.ok ? read.value.equity : read.reason }).toEqual({
        text,
        read: isTooLarge ? 'equity must be below 1e15 in size' : units,
      })
      expect(parseTickAmount(text)).toEqual(
        isTooLarge ? { ok: false, reason: 'must be below 1e15 in size' } : { ok: true, value: units },
      )
    }),
    { numRuns: 20_000 },
  )
})

it('a number of the same process is the amount that JSON makes of it', () => {
  const number = fc.oneof(fc.double({ noNaN: true }), fc.double({ min: -1e15, max: 1e15, noNaN: true }))
  fc.assert(
    fc.property(number, (value) => {
      if (!Number.isFinite(value)) return
      const read = decodeTick(new TextEncoder().encode(JSON.stringify({ equity: value })))
      const own = parseTickAmount(value)
      expect(read.ok ? read.value.equity : read.reason).toEqual(own.ok ? own.value : `equity ${own.reason}`)
    }),
    { numRuns: 20_000 },
  )
})

it('every amount that is written reads back', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n - BOUND, max: BOUND - 1n }), (amount) => {
      expect(parseTickAmount(formatAmount(amount))).toEqual({ ok: true, value: amount })
    }),
    { numRuns: 5_000 },
  )
})
