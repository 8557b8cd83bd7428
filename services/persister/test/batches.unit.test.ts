import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { inBatches } from '../src/inbound/batches.ts'

const HOUR_MS = 3_600_000

async function* numbers(count: number): AsyncGenerator<number> {
  for (let number = 1; number <= count; number += 1) yield number
}

test('a batch is handed on when it is full, and what is left over at the end', async () => {
  const batches: (readonly number[])[] = []

  await inBatches(numbers(5), 2, HOUR_MS, async (batch) => void batches.push(batch))

  expect(batches).toEqual([[1, 2], [3, 4], [5]])
})

test('nothing is handed on where nothing came', async () => {
  const batches: unknown[] = []

  await inBatches(numbers(0), 2, 1, async (batch) => void batches.push(batch))

  expect(batches).toEqual([])
})

test('a batch that does not fill is handed on when it is old', async () => {
  const source = new PassThrough({ objectMode: true })
  const { promise: handled, resolve } = Promise.withResolvers<readonly number[]>()
  const done = inBatches<number>(source, 1_000, 5, async (batch) => resolve(batch))
  source.write(1)
  source.write(2)

  expect((await handled)[0]).toBe(1)
  source.end()
  await done
})

test('one batch at a time is handled, and none is lost', async () => {
  let handling = 0
  const seen: number[] = []

  await inBatches(numbers(100), 7, HOUR_MS, async (batch) => {
    handling += 1
    expect(handling).toBe(1)
    await new Promise(setImmediate)
    seen.push(...batch)
    handling -= 1
  })

  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
})

test('an error of the handler ends it', async () => {
  const fails = inBatches(numbers(10), 2, HOUR_MS, async () => {
    throw new Error('refused')
  })

  await expect(fails).rejects.toThrow('refused')
})

test('an error of the source while a batch is handled is thrown when that is done', async () => {
  const { promise: broken, resolve: breakIt } = Promise.withResolvers<void>()
  async function* breaking() {
    yield 1
    breakIt()
    throw new Error('gone')
  }

  const fails = inBatches(breaking(), 1, HOUR_MS, async () => {
    await broken
    await new Promise(setImmediate)
  })

  await expect(fails).rejects.toThrow('gone')
})

test('an error of the source is thrown after what came before it was handled', async () => {
  const seen: number[] = []
  async function* breaking() {
    yield* numbers(3)
    throw new Error('gone')
  }

  const fails = inBatches(breaking(), 2, HOUR_MS, async (batch) => void seen.push(...batch))

  await expect(fails).rejects.toThrow('gone')
  expect(seen).toEqual([1, 2, 3])
})
