import { expect, test } from 'vitest'
import { inBatches, type Source } from '../src/inbound/batches.ts'

const HOUR_MS = 3_600_000

/** Numbers that come when a test says so. */
class Numbers implements Source<number> {
  readonly #waiting: number[] = []
  ended = false
  error: Error | null = null
  #changed: () => void = () => undefined

  /** From 1 up, and no more after these. */
  static all(count: number): Numbers {
    const numbers = new Numbers()
    for (let number = 1; number <= count; number += 1) numbers.come(number)
    numbers.end()
    return numbers
  }

  get waiting(): number {
    return this.#waiting.length
  }

  take(max: number): readonly number[] {
    return this.#waiting.splice(0, max)
  }

  onChange(listener: () => void): void {
    this.#changed = listener
  }

  come(number: number): void {
    this.#waiting.push(number)
    this.#changed()
  }

  end(error: Error | null = null): void {
    this.ended = true
    this.error = error
    this.#changed()
  }
}

test('a batch is handed on when it is full, and what is left over at the end', async () => {
  const batches: (readonly number[])[] = []

  await inBatches(Numbers.all(5), 2, HOUR_MS, async (batch) => void batches.push(batch))

  expect(batches).toEqual([[1, 2], [3, 4], [5]])
})

test('nothing is handed on where nothing came', async () => {
  const batches: unknown[] = []

  await inBatches(Numbers.all(0), 2, 1, async (batch) => void batches.push(batch))

  expect(batches).toEqual([])
})

test('a batch that does not fill is handed on when it is old', async () => {
  const source = new Numbers()
  const { promise: handled, resolve } = Promise.withResolvers<readonly number[]>()
  const done = inBatches(source, 1_000, 5, async (batch) => resolve(batch))
  source.come(1)
  source.come(2)

  expect(await handled).toEqual([1, 2])
  source.end()
  await done
})

test('two batches at a time are handled, and none is lost', async () => {
  let handling = 0
  let handlingMost = 0
  const seen: number[] = []

  await inBatches(Numbers.all(100), 7, HOUR_MS, async (batch) => {
    handling += 1
    handlingMost = Math.max(handlingMost, handling)
    await new Promise(setImmediate)
    seen.push(...batch)
    handling -= 1
  })

  expect(handlingMost).toBe(2)
  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
})

test('nothing is taken while two batches are handled; then as many as have come, up to a full batch', async () => {
  const source = new Numbers()
  const batches: (readonly number[])[] = []
  const handled: (() => void)[] = []
  const done = inBatches(source, 3, 0, (batch) => {
    batches.push(batch)
    return new Promise<void>((resolve) => handled.push(resolve))
  })
  const handledNext = async () => {
    handled.shift()?.()
    await new Promise(setImmediate)
  }
  for (let number = 1; number <= 10; number += 1) source.come(number)
  await new Promise((resolve) => setTimeout(resolve, 5))

  expect(batches).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ])
  await handledNext()
  expect(batches[2]).toEqual([7, 8, 9])
  expect(source.waiting).toBe(1)

  source.end()
  while (handled.length > 0) await handledNext()
  await done
  expect(batches[3]).toEqual([10])
})

test('an error of the handler ends it, though nothing more comes and another batch is still being handled', async () => {
  const source = new Numbers()
  const { promise: broken, reject } = Promise.withResolvers<void>()
  const fails = inBatches(source, 1, HOUR_MS, ([number]) => (number === 1 ? broken : new Promise(() => undefined)))
  source.come(1)
  source.come(2)
  reject(new Error('refused'))

  await expect(fails).rejects.toThrow('refused')
  source.come(3)
  expect(source.waiting).toBe(1)
})

test('an error of the source while a batch is handled is thrown when that is done', async () => {
  const source = new Numbers()
  let isHandled = false
  const fails = inBatches(source, 1, HOUR_MS, async () => {
    await new Promise(setImmediate)
    isHandled = true
  })
  source.come(1)
  source.end(new Error('gone'))

  await expect(fails).rejects.toThrow('gone')
  expect(isHandled).toBe(true)
})

test('an error of the source is thrown after what came before it was handled', async () => {
  const seen: number[] = []
  const source = new Numbers()
  for (const number of [1, 2, 3]) source.come(number)
  source.end(new Error('gone'))

  const fails = inBatches(source, 2, HOUR_MS, async (batch) => void seen.push(...batch))

  await expect(fails).rejects.toThrow('gone')
  expect(seen).toEqual([1, 2, 3])
})
