import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { progressOn } from '../progress.ts'

class Shown extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

test.each([
  ['work that is told twice to be done', [[10], [48], [48], [48]]],
  ['work that does not move', [[0], [0], [0]]],
] as const)('%s has a time that is left, or says that it is not known', (_what, steps) => {
  const stderr = new Shown()
  const progress = progressOn(stderr)('comparing', 48)
  for (const [done] of steps) progress.to(done)
  progress.stop()
  const left = [...stderr.text.matchAll(/, (.*) left/g)].map((match) => match[1])
  expect(left).not.toEqual([])
  for (const words of left) expect(words).toMatch(/^(\?|0s|\d+[smh].*)$/)
})

test('work that is done as soon as its size is known has no time that is left', () => {
  const stderr = new Shown()
  const progress = progressOn(stderr)('comparing')
  progress.to(48, 48)
  progress.stop()
  expect(stderr.text.trimEnd().split('\n').at(-1)).toMatch(/48\/48, 0s left/)
})
