import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { planted } from './plant-bug.ts'
import { plants } from './plants.ts'

test.each(plants)('$name changes its file', (plant) => {
  const source = readFileSync(new URL(`../${plant.file}`, import.meta.url), 'utf8')
  expect(planted(source, plant)).not.toBe(source)
})

const plant = {
  name: 'bug',
  file: 'file.ts',
  point: 'Gate.apply',
  find: 'a + b',
  replace: 'a - b',
  seeds: 1,
  foundBy: 1,
}
const file = (body: string) => `class Gate {\n  apply() {\n${body}\n  }\n  other() { return a + b }\n}`

test('a plant applies to its point alone, however that is broken into lines', () => {
  expect(planted(file('return a +\n b'), plant)).toBe(file('return a - b'))
})

test.each([
  ['words that do not stand there', file('return 0')],
  ['words that stand there twice', file('return a + b + a + b')],
  ['no such point', 'class Door { apply() { return a + b } }'],
])('a plant is refused where there are %s', (_what, source) => {
  expect(() => planted(source, plant)).toThrow()
})

test('a plant that changes nothing is refused', () => {
  expect(() => planted(file('return a + b'), { ...plant, replace: 'a + b' })).toThrow()
})
