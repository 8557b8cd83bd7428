import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The parts of a preset that its tests read; {@link PRESET_SCHEMA} holds the whole form. */
export interface Preset {
  readonly name: string
  readonly title: string
  readonly sources: readonly { readonly address: string; readonly read: string }[]
  readonly conflicts: readonly string[]
  readonly example_balance: number
  readonly settings: {
    readonly initial_balance?: number
    readonly reset_time: string
    readonly reset_time_zone: string
    readonly sessions?: { readonly zone: string; readonly hours: readonly string[]; readonly block_entries?: true }
    readonly limits: Readonly<Record<string, Limit>>
    readonly max_losing_trades?: { readonly count: number; readonly within_minutes?: number }
  }
}

export interface Limit {
  readonly measure?: string
  readonly window: string
  readonly reference: { readonly kind: string; readonly of?: string; readonly sampled?: string }
  readonly limit: Size
  readonly lock?: { readonly initial_plus: number }
  readonly tiers?: readonly { readonly at_percent: number; readonly action: string }[]
  readonly warn_only?: true
  readonly ends: string
  readonly ends_at?: string
}

export type Size = { readonly amount: number } | { readonly percent: number; readonly of: string }

const FOLDER = fileURLToPath(new URL('..', import.meta.url))

/** The lines of the README; the formatter pads the cells of its table, which says nothing. */
export const README_LINES = readFileSync(`${FOLDER}/README.md`, 'utf8')
  .split('\n')
  .map((line) => line.replace(/ +/g, ' '))

/** The presets by the names of their files, without the ending. */
export const PRESETS: ReadonlyMap<string, Preset> = new Map(
  readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => [basename(file, '.json'), JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8'))]),
)

/** @throws if there is none of this name */
export function presetNamed(name: string): Preset {
  const preset = PRESETS.get(name)
  if (preset === undefined) throw new Error(`presets/${name}.json does not exist`)
  return preset
}
