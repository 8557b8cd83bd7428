import { expect, test } from 'vitest'
import { TickBuffer, type WaitingTick } from '../src/core/tick-buffer.ts'

function tick(equity: number): WaitingTick {
  return { equity: BigInt(equity), payload: new Uint8Array(), traceparent: '', messageId: '', since: 0 }
}

function fill(buffer: TickBuffer, equities: readonly number[]): void {
  for (const equity of equities) buffer.push(tick(equity))
}

/** Takes all ticks out; their equities. */
function drain(buffer: TickBuffer): number[] {
  const equities: number[] = []
  for (let first = buffer.first; first !== undefined; first = buffer.first) {
    equities.push(Number(first.equity))
    buffer.removeFirst()
  }
  return equities
}

test('ticks leave in the order in which they came', () => {
  const buffer = new TickBuffer(8)
  fill(buffer, [3, 1, 2])

  expect(buffer.length).toBe(3)
  expect(drain(buffer)).toEqual([3, 1, 2])
  expect(buffer.length).toBe(0)
})

test('nothing is left out as long as there is room', () => {
  const buffer = new TickBuffer(8)

  fill(buffer, [1, 2, 3, 4, 5, 6, 7, 8])

  expect(buffer.thinned).toBe(0)
  expect(drain(buffer)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

const thinnings: readonly {
  readonly name: string
  readonly came: readonly number[]
  readonly kept: readonly number[]
}[] = [
  { name: 'first, highest, lowest and latest', came: [5, 6, 9, 6, 2, 4, 6, 4, 5], kept: [5, 9, 2, 5] },
  { name: 'the lowest before the highest', came: [5, 6, 2, 6, 9, 4, 6, 4, 5], kept: [5, 2, 9, 5] },
  { name: 'the first as the highest', came: [9, 6, 8, 6, 2, 4, 6, 4, 5], kept: [9, 2, 5] },
  { name: 'the latest as the lowest', came: [5, 6, 9, 6, 2, 4, 6, 4, 1], kept: [5, 9, 1] },
  { name: 'a steady fall', came: [9, 8, 7, 6, 5, 4, 3, 2, 1], kept: [9, 1] },
  { name: 'no change at all', came: [5, 5, 5, 5, 5, 5, 5, 5, 5], kept: [5, 5] },
  { name: 'negative equities', came: [-5, -6, -9, -6, -2, -4, -6, -4, -5], kept: [-5, -9, -2, -5] },
]

test.each(thinnings)('what does not fit is thinned out to its extremes and ends: $name', ({ came, kept }) => {
  const buffer = new TickBuffer(8)

  fill(buffer, came)

  expect(buffer.thinned).toBe(came.length - kept.length)
  expect(drain(buffer)).toEqual(kept)
})

test('a tick that is being sent while the buffer is thinned out is still the first', () => {
  const buffer = new TickBuffer(8)
  fill(buffer, [5, 6])
  const inFlight = buffer.first

  fill(buffer, [9, 6, 2, 4, 6, 4, 5, 7, 8])

  expect(buffer.first).toBe(inFlight)
})
