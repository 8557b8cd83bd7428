import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TickBuffer, type WaitingTick } from '../src/core/tick-buffer.ts'

/** An equity that comes, or the head leaving because it was acknowledged. */
type Step = bigint | 'sent'

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -50, max: 50 }).map(BigInt) },
    { weight: 1, arbitrary: fc.constant('sent' as const) },
  ),
  { minLength: 1, maxLength: 150 },
)
const capacities = fc.integer({ min: 8, max: 20 })

interface Outcome {
  readonly came: readonly WaitingTick[]
  readonly sent: readonly WaitingTick[]
  readonly kept: readonly WaitingTick[]
  readonly thinned: number
}

function run(capacity: number, all: readonly Step[]): Outcome {
  const buffer = new TickBuffer(capacity)
  const came: WaitingTick[] = []
  const sent: WaitingTick[] = []
  for (const step of all) {
    const head = buffer.first
    if (step === 'sent') {
      if (head === undefined) continue
      buffer.removeFirst()
      sent.push(head)
    } else {
      const since = came.length + 1
      const tick = { equity: step, payload: new Uint8Array(), traceparent: '', messageId: String(since), since }
      came.push(tick)
      buffer.push(tick)
      // It may be in flight: it must leave as the first when it is acknowledged.
      if (head !== undefined) expect(buffer.first).toBe(head)
    }
    expect(buffer.length).toBeLessThanOrEqual(capacity)
  }
  const kept: WaitingTick[] = []
  for (let first = buffer.first; first !== undefined; first = buffer.first) {
    kept.push(first)
    buffer.removeFirst()
  }
  return { came, sent, kept, thinned: buffer.thinned }
}

function extremes(ticks: readonly WaitingTick[]) {
  const equities = ticks.map((tick) => tick.equity).sort((a, b) => Number(a - b))
  return { lowest: equities[0], highest: equities.at(-1) }
}

test('what is sent or still kept has the extremes and the latest of all that came', () => {
  fc.assert(
    fc.property(capacities, steps, (capacity, all) => {
      const { came, sent, kept } = run(capacity, all)
      const through = [...sent, ...kept]
      expect(extremes(through)).toEqual(extremes(came))
      expect(through.at(-1)).toBe(came.at(-1))
    }),
    { numRuns: 5_000 },
  )
})

test('what is kept is in the order in which it came, each tick once', () => {
  fc.assert(
    fc.property(capacities, steps, (capacity, all) => {
      const came = run(capacity, all).kept.map((tick) => tick.since)
      expect(came).toEqual([...new Set(came)].sort((a, b) => a - b))
    }),
    { numRuns: 5_000 },
  )
})

test('every tick that came is sent, kept, or counted as thinned', () => {
  fc.assert(
    fc.property(capacities, steps, (capacity, all) => {
      const { came, sent, kept, thinned } = run(capacity, all)
      expect(sent.length + kept.length + thinned).toBe(came.length)
    }),
    { numRuns: 5_000 },
  )
})
