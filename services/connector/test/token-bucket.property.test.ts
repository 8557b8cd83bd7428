import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TokenBucket } from '../src/core/token-bucket.ts'

const limits = fc.record({ calls: fc.integer({ min: 1, max: 200 }), perMs: fc.constantFrom(1_000, 60_000) })
/** How long after the call before somebody asks again, milliseconds. */
const gap = fc.integer({ min: 0, max: 5_000 })
/** Each is urgent, or leaves half to those that are. */
const asks = fc.array(fc.tuple(gap, fc.boolean()), { minLength: 1, maxLength: 300 })

test('however calls come, no time span has more of them than the other side allows', () => {
  fc.assert(
    fc.property(limits, asks, ({ calls, perMs }, gaps) => {
      const bucket = new TokenBucket({ calls, perMs }, 0)
      let now = 0
      const made: number[] = []
      for (const [gapMs, isUrgent] of gaps) {
        now += gapMs
        made.push(now + (isUrgent ? bucket.take(now) : bucket.takeLeavingHalf(now)))
      }
      made.sort((a, b) => a - b)
      for (const [index, at] of made.entries()) {
        const within = made.slice(index).filter((one) => one - at < perMs).length
        expect(within).toBeLessThanOrEqual(calls)
      }
    }),
    { examples: [[{ calls: 1, perMs: 60_000 }, [0, 1112, 2035, 2763, 0].map((ms) => [ms, true])]] },
  )
})

test('a fifth of what the other side allows is left to others, if it is asked for all the time', () => {
  const bucket = new TokenBucket({ calls: 100, perMs: 1_000 }, 0)
  let made = 0
  for (let now = 0; now < 100_000; ) {
    now += Math.max(1, bucket.take(now))
    made += 1
  }
  expect(made).toBeLessThanOrEqual(80 * 100)
})

test('nothing is called while the other side asks for patience', () => {
  const bucket = new TokenBucket({ calls: 10, perMs: 1_000 }, 0)
  bucket.pause(5_000, 100)
  expect(bucket.take(200)).toBe(4_900)
  expect(bucket.take(6_000)).toBe(0)
})

test('a call that is not made costs nothing', () => {
  const bucket = new TokenBucket({ calls: 2, perMs: 1_000 }, 0)
  expect(bucket.take(0)).toBe(0)
  bucket.giveBack()
  expect(bucket.take(0)).toBe(0)
  expect(bucket.take(0)).toBeGreaterThan(0)
})

test('calls that are not urgent leave half of a full bucket to those that are', () => {
  const bucket = new TokenBucket({ calls: 100, perMs: 60_000 }, 0)
  while (bucket.takeLeavingHalf(0) === 0);
  for (let urgent = 0; urgent < 15; urgent += 1) expect(bucket.take(0)).toBe(0)
})
