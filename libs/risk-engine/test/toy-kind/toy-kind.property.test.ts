import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { expect, it } from 'vitest'

interface Judged {
  readonly references: readonly (readonly {
    readonly reference: string
    readonly ceiling: string
    readonly holders: readonly string[]
  }[])[]
  readonly words: readonly string[]
  readonly refused: string | null
}

async function judged(histories: readonly (readonly string[])[]): Promise<Judged> {
  const program = fileURLToPath(new URL('judge-with-toy-kind.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [program, JSON.stringify(histories)])
  return JSON.parse(stdout)
}

/** The toy kind's part of an oracle: the lowest value since the account began with 1000. */
function lowest(equities: readonly string[]): { readonly reference: string; readonly ceiling: string }[] {
  let low = 1000
  return equities.map((equity) => {
    low = Math.min(low, Number(equity))
    return { reference: String(low), ceiling: String(low + 100) }
  })
}

it('judges a kind of limit that is two files and a line in each of two lists', { timeout: 120_000 }, async () => {
  const histories = fc.sample(fc.array(fc.integer({ min: 500, max: 1500 }).map(String), { minLength: 1 }), 50)
  const { references, words, refused } = await judged([...histories, ['950', '1049', '1050']])
  histories.forEach((equities, index) => {
    expect(references[index]).toMatchObject(lowest(equities))
  })
  expect(references.at(-1)?.map(({ holders }) => holders)).toEqual([[], [], ['limit:rebound']])
  expect(words[0]).toBe("It is reached when equity is 100 or more above the day's lowest equity.")
  expect(refused).toContain('"start" or "peak" or "low" or "initial"')
})
