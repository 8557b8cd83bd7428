import { expect, test } from 'vitest'
import { TickBuffer, TickSpace, type WaitingTick } from '../src/core/tick-buffer.ts'

let now = 0

function tick(bytes: number, equity = 1): WaitingTick {
  now += 1
  return { equity: BigInt(equity), payload: new Uint8Array(bytes), traceparent: '', messageId: '', since: now }
}

test('ticks of more bytes than a trader may keep are thinned out to extremes and ends', () => {
  const buffer = new TickBuffer(1_000, { bytesMax: 100 })
  for (const equity of [5, 6, 9, 2, 4]) buffer.push(tick(24, equity))

  expect(buffer).toMatchObject({ length: 4, bytes: 96, thinned: 1 })
})

test('where extremes and ends alone have too many bytes, the oldest are left out', () => {
  const buffer = new TickBuffer(1_000, { bytesMax: 100 })
  for (const equity of [5, 9, 2, 4]) buffer.push(tick(40, equity))

  expect(buffer).toMatchObject({ length: 2, bytes: 80, thinned: 2, first: { equity: 2n } })
})

test('the latest tick waits, however long it is', () => {
  const buffer = new TickBuffer(1_000, { bytesMax: 100 })
  buffer.push(tick(40))
  buffer.push(tick(200, 7))

  expect(buffer).toMatchObject({ length: 1, bytes: 200, thinned: 1, first: { equity: 7n } })
})

test('what is sent leaves room for more', () => {
  const space = new TickSpace(100)
  const buffer = new TickBuffer(1_000, { bytesMax: 100, space })
  for (let sent = 0; sent < 5; sent += 1) {
    buffer.push(tick(60))
    buffer.removeFirst()
  }

  expect(buffer).toMatchObject({ bytes: 0, thinned: 0 })
  expect(space.bytes).toBe(0)
})

test('when all traders together have too many bytes, the oldest ticks of all are left out', () => {
  const space = new TickSpace(100)
  const [one, two] = [new TickBuffer(1_000, { space }), new TickBuffer(1_000, { space })]
  one.push(tick(30, 1))
  two.push(tick(30, 2))
  one.push(tick(30, 3))
  two.push(tick(30, 4))

  expect(space.bytes).toBe(90)
  expect(one).toMatchObject({ length: 1, thinned: 1, first: { equity: 3n } })
  expect(two).toMatchObject({ length: 2, thinned: 0 })
})

test('the only tick of a trader is left out last', () => {
  const space = new TickSpace(100)
  const [one, two] = [new TickBuffer(1_000, { space }), new TickBuffer(1_000, { space })]
  one.push(tick(30, 1))
  for (const equity of [2, 3, 4]) two.push(tick(30, equity))

  expect(one).toMatchObject({ length: 1, thinned: 0 })
  expect(two).toMatchObject({ length: 2, thinned: 1, first: { equity: 3n } })
})

test('where each trader has one tick, the bound holds all the same', () => {
  const space = new TickSpace(100)
  const buffers = Array.from({ length: 5 }, () => new TickBuffer(1_000, { space }))
  for (const buffer of buffers) buffer.push(tick(40))

  expect(space.bytes).toBe(80)
  expect(buffers.map(({ thinned }) => thinned)).toEqual([1, 1, 1, 0, 0])
})

test('what is given up frees its room', () => {
  const space = new TickSpace(100)
  const buffer = new TickBuffer(1_000, { space })
  buffer.push(tick(40))
  buffer.push(tick(40))
  buffer.giveUp()

  expect(buffer).toMatchObject({ length: 2, thinned: 0 })
  expect(space.bytes).toBe(0)
})
