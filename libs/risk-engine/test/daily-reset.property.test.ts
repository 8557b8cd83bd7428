import { resetsAround } from '@drawbridge/risk-engine'
import { nextWindowStart } from '@drawbridge/testing/engine'
import fc from 'fast-check'
import { expect, it } from 'vitest'

const ZONES = Intl.supportedValuesOf('timeZone')
const DAY = 86_400_000
const twoDigits = (max: number) => fc.integer({ min: 0, max }).map((value) => String(value).padStart(2, '0'))

it('the daily resets next to a moment are those that Intl gives, in every zone, from 1990 to 2037', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.tuple(twoDigits(23), twoDigits(59)),
      fc.integer({ min: Date.UTC(1990), max: Date.UTC(2037) }),
      (zone, [hours, minutes], moment) => {
        const resetTime = `${hours}:${minutes}`
        const calendar = { resetTime, zone, weekStarts: 'monday' } as const
        // Where a zone skipped a whole day, the last reset is more than two days ago.
        let last = nextWindowStart(moment - 4 * DAY, calendar).at
        let next = nextWindowStart(last, calendar).at
        while (next <= moment) [last, next] = [next, nextWindowStart(next, calendar).at]
        expect(resetsAround(moment, { resetTime, resetTimeZone: zone })).toMatchObject({ last, next })
      },
    ),
    { numRuns: 2_000 },
  )
}, 60_000)
