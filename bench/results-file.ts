import { appendFileSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = new URL('results/', import.meta.url)

/** Adds a line to the results of a bench. Gives the path of the file. */
export function appendResult(result: { readonly bench: string }): string {
  mkdirSync(FOLDER, { recursive: true })
  const file = new URL(`${result.bench}.jsonl`, FOLDER)
  appendFileSync(file, `${JSON.stringify(result)}\n`)
  return fileURLToPath(file)
}
