import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mutated } from './apply-mutant.ts'
import { mutants } from './mutants.ts'

test.each(mutants)('$name changes its file', (mutant) => {
  const source = readFileSync(new URL(`../${mutant.file}`, import.meta.url), 'utf8')
  expect(mutated(source, mutant)).not.toBe(source)
})

const mutant = {
  name: 'bug',
  file: 'file.ts',
  point: 'Gate.apply',
  find: 'a + b',
  replace: 'a - b',
  seeds: 1,
  foundBy: 1,
}
const file = (body: string) => `class Gate {\n  apply() {\n${body}\n  }\n  other() { return a + b }\n}`

test('a mutant applies to its point alone, whatever its line breaks', () => {
  expect(mutated(file('return a +\n b'), mutant)).toBe(file('return a - b'))
})

test.each([
  ['text that is not there', file('return 0')],
  ['text that is there twice', file('return a + b + a + b')],
  ['no such point', 'class Other { apply() { return a + b } }'],
])('a mutant is refused for %s', (_what, source) => {
  expect(() => mutated(source, mutant)).toThrow()
})

test('a mutant that changes nothing is refused', () => {
  expect(() => mutated(file('return a + b'), { ...mutant, replace: 'a + b' })).toThrow()
})
