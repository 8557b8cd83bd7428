import { expect, test } from 'vitest'
import { Semaphore } from '../src/semaphore.ts'

test('so many run at once, the others in the order they came, and a failure frees its place', async () => {
  const semaphore = new Semaphore(2)
  const begun: number[] = []
  const works = [0, 1, 2, 3].map(() => Promise.withResolvers<void>())
  const all = works.map(({ promise }, index) =>
    semaphore.run(async () => {
      begun.push(index)
      await promise
    }),
  )
  await Promise.resolve()
  expect(begun).toEqual([0, 1])

  works[1]?.reject(new Error('failed'))
  await expect(all[1]).rejects.toThrow('failed')
  await Promise.resolve()
  expect(begun).toEqual([0, 1, 2])

  for (const { resolve } of works) resolve()
  await Promise.all([all[0], all[2], all[3]])
  expect(begun).toEqual([0, 1, 2, 3])
})
