import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parsed, refused } from '@drawbridge/contracts'
import type { Presets } from './presets.ts'

const FOLDER = fileURLToPath(new URL('../../../presets/', import.meta.url))
const ENDING = '.json'

/** The presets of this repository, read when they are asked for. */
export const PRESETS: Presets = {
  get names() {
    return readdirSync(FOLDER)
      .filter((file) => file.endsWith(ENDING))
      .map((file) => file.slice(0, -ENDING.length))
      .sort()
  },
  text(name) {
    try {
      return parsed(readFileSync(`${FOLDER}${name}${ENDING}`, 'utf8'))
    } catch (error) {
      return refused(`cannot be read: ${(error as Error).message}`)
    }
  },
}
