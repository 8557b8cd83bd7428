import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { mutated } from './load-mutants.ts'
import { MUTANTS } from './mutants.ts'

test.each(MUTANTS)('a mutant finds the one place where the engine says that $breaks', (mutant) => {
  const source = readFileSync(new URL(`../../src/${mutant.file}`, import.meta.url), 'utf8')
  expect(mutated(source, mutant)).not.toBe(source)
  expect(mutant.find).not.toContain('\n')
})

test('each mutant breaks another promise', () => {
  expect(new Set(MUTANTS.map(({ breaks }) => breaks)).size).toBe(MUTANTS.length)
  expect(MUTANTS.length).toBeGreaterThanOrEqual(20)
})

const mutant = { file: 'file.ts', find: 'a + b', replace: 'a - b', breaks: 'sums' }

test('a mutant of a text that is not there, or is there twice, is refused', () => {
  expect(mutated('return a + b', mutant)).toBe('return a - b')
  expect(() => mutated('return 0', mutant)).toThrow('0 times')
  expect(() => mutated('return a + b + a + b', mutant)).toThrow('2 times')
  expect(() => mutated('return a + b', { ...mutant, replace: 'a + b' })).toThrow('by itself')
})
