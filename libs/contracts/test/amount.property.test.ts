import { formatAmount, parseAmount } from '@drawbridge/contracts'
import fc from 'fast-check'
import { expect, it } from 'vitest'

const BOUND = 10n ** 23n
const units = fc.oneof(
  fc.bigInt({ min: 1n - BOUND, max: BOUND - 1n }),
  fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
  fc.bigInt({ min: -1000n, max: 1000n }),
)

it('every amount reads back from its decimal string', () => {
  fc.assert(
    fc.property(units, (amount) => {
      expect(parseAmount(formatAmount(amount))).toEqual({ ok: true, value: amount })
    }),
    { numRuns: 5_000 },
  )
})

it('a number of up to 15 digits and 8 decimals is read exactly as its decimal string', () => {
  const written = fc
    .tuple(fc.boolean(), fc.stringMatching(/^[1-9][0-9]{0,14}$|^0$/), fc.stringMatching(/^[0-9]{0,8}$/))
    .map(([negative, whole, decimals]) => {
      const room = whole === '0' ? 15 : 15 - whole.length
      const kept = decimals.slice(0, room)
      return `${negative ? '-' : ''}${whole}${kept === '' ? '' : `.${kept}`}`
    })
  fc.assert(
    fc.property(written, (text) => {
      const exact = parseAmount(text)
      expect(exact.ok).toBe(true)
      expect(parseAmount(JSON.parse(text))).toEqual(exact)
    }),
    { numRuns: 20_000 },
  )
})

it('a number is read as what it prints, or refused: never rounded', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.double(), fc.double({ min: -1e15, max: 1e15 }), fc.double({ min: -10, max: 10 })),
      (value) => {
        const read = parseAmount(value)
        if (read.ok) expect(Number(formatAmount(read.value))).toBe(value === 0 ? 0 : value)
        const printed = String(value)
        if (!printed.includes('e') && parseAmount(printed).ok && printed.replace(/\D/g, '').length <= 15) {
          expect(read).toEqual(parseAmount(printed))
        }
      },
    ),
    { numRuns: 20_000 },
  )
})

it('anything else is refused with a reason of one bounded line', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const read = parseAmount(value)
      if (read.ok) return
      expect(read.reason.length).toBeLessThan(200)
      expect(read.reason).not.toMatch(/\p{Cc}/u)
    }),
    { numRuns: 2_000 },
  )
})
