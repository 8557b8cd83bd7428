import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { MUTANTS } from './mutants.ts'

/** Far more than the slowest needs. */
const HISTORIES = 1_500
const SEED = 1

/** In a process of its own, as only that can load the same module several times. */
async function hunt(): Promise<readonly (number | null)[]> {
  const program = fileURLToPath(new URL('hunt.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(HISTORIES), String(SEED)])
  return JSON.parse(stdout)
}

describe('the histories find each bug of the engine, before the number that is printed', () => {
  let found: readonly (number | null)[] = []
  beforeAll(async () => {
    found = await hunt()
  }, 600_000)

  it.each(MUTANTS.map((mutant, index) => ({ ...mutant, index })))('$file no longer says that $breaks', ({ index }) => {
    expect(found[index]).toEqual(expect.any(Number))
  })
})
