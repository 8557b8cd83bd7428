import {
  bothForms,
  compileCheck,
  type LimitOverrides,
  mergeLimits,
  nearestName,
  type Parsed,
  parsed,
  parseLimits,
  printable,
  refused,
} from '@drawbridge/contracts'
import Type from 'typebox'

/** Limits of a firm, with where they come from. */
export interface Preset {
  readonly name: string
  readonly title: string
  readonly about: string
  readonly sources: readonly { readonly address: string; readonly read: string; readonly remark?: string }[]
  readonly covers: readonly string[]
  readonly doesNotCover: readonly string[]
  readonly conflicts: readonly string[]
  readonly note: string
  /** A number, as it is written. */
  readonly exampleBalance: number
  /** The limits in force with it; the two short forms are none, because the preset takes their place. */
  readonly limits: LimitOverrides
}

/** The presets that there are. */
export interface Presets {
  readonly names: readonly string[]
  /** The text of one; only names of the list are asked for. */
  text(name: string): Parsed<string>
}

export const NO_PRESETS: Presets = { names: [], text: () => refused('there are no presets here') }

const words = Type.Array(Type.String())
const PresetSchema = Type.Object({
  name: Type.String(),
  title: Type.String(),
  about: Type.String(),
  sources: Type.Array(
    Type.Object({ address: Type.String(), read: Type.String(), remark: Type.Optional(Type.String()) }),
    { description: 'a list of {address, read}' },
  ),
  covers: words,
  does_not_cover: words,
  conflicts: words,
  note: Type.String(),
  example_balance: Type.Number({ exclusiveMinimum: 0, description: 'an amount above 0' }),
  settings: Type.Object({}, { description: 'an object of limits' }),
})
const checkPreset = compileCheck<Type.Static<typeof PresetSchema>>(PresetSchema)

/** Reads a preset; a refusal names it, and the nearest name where there is none of that name. */
export function presetNamed(presets: Presets, name: string): Parsed<Preset> {
  if (!presets.names.includes(name)) return refused(unknownPreset(presets, name))
  const text = presets.text(name)
  const preset = text.ok ? parsePreset(text.value) : text
  return preset.ok ? preset : refused(`preset "${name}": ${preset.reason}`)
}

function unknownPreset({ names }: Presets, name: string): string {
  const near = nearestName(name, names, 3)
  const meant = near === null ? '' : `, did you mean "${near}"?`
  return `there is no preset "${printable(name, 60)}"${meant} (npm run drawbridge -- presets lists them)`
}

function parsePreset(text: string): Parsed<Preset> {
  const checked = checkPreset(JSON.parse(text))
  if (!checked.ok) return checked
  const { does_not_cover: doesNotCover, example_balance: exampleBalance, settings, ...rest } = checked.value
  const limits = parseLimits(settings)
  if (!limits.ok) return refused(`settings: ${limits.reason}`)
  return parsed({
    ...rest,
    doesNotCover,
    exampleBalance,
    limits: { maxDailyLossPct: null, maxDrawdownPct: null, ...limits.value },
  })
}

/** Limits as written over those of a preset. What is written changes only what it names, also of a limit in its long form. */
export function overPreset({ name, limits }: Preset, written: LimitOverrides): Parsed<LimitOverrides> {
  const merged = mergeLimits(limits, written)
  const twice = bothForms(merged)
  if (twice.length === 0) return parsed(merged)
  return refused(
    twice
      .map((fault) => fault.split(' ')[0] ?? '')
      .map(
        (limit) =>
          `${limit} is in preset "${name}" in its long form: change it there, as "limits": {"${limit}": {...}}`,
      )
      .join('; '),
  )
}
