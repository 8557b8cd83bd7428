import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { TraderSource } from '@drawbridge/settings'
import { parseBars } from '../core/bars.ts'
import { Simulation } from '../core/simulation.ts'

const SP500 = new URL('../../data/sp500-2000.csv', import.meta.url)

/** Reads the bars of a replay. @throws an error that names the file and its first invalid line */
export async function readReplay(source: Extract<TraderSource, { kind: 'replay' }>): Promise<Simulation> {
  const file = source.file ?? fileURLToPath(SP500)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new Error(`the replay's file ${file} cannot be read`, { cause: error })
  }
  const bars = parseBars(text)
  if (!bars.ok) throw new Error(`the replay's file ${file}, ${bars.reason}`)
  return new Simulation(bars.value, source.strategy, source.units)
}
