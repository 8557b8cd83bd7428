import { nearestName } from '@drawbridge/contracts'
import type { Faults } from './faults.ts'
import type { Environment } from './read-settings.ts'
import { ALL_SETTINGS } from './sections.ts'

/** Settings that say where the settings are. */
export const PLACE_VARIABLES = ['CONFIG_FILE', 'ENV_FILE'] as const

/** Every variable that is a setting of the services. */
export const VARIABLES: readonly string[] = [
  ...ALL_SETTINGS.flatMap(({ variable, secret }) => {
    if (variable === null) return []
    return secret === true ? [variable, `${variable}_FILE`] : [variable]
  }),
  ...PLACE_VARIABLES,
]

const PREFIXES: ReadonlySet<string> = new Set(VARIABLES.map(prefixOf))
/** A shorter name without its prefix is similar to too many others. */
const SHORT = 4

/**
 * Reports variables that look like typos. An environment belongs to many programs, so only variables with the prefix of
 * one of ours and a similar name are reported.
 */
export function checkVariables(env: Environment, faults: Faults): void {
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || VARIABLES.includes(name) || !PREFIXES.has(prefixOf(name))) continue
    const meant = meantBy(name)
    if (meant !== null) faults.add(name, `is not a known variable, did you mean ${meant}?`)
  }
}

function meantBy(name: string): string | null {
  const known = VARIABLES.filter((candidate) => prefixOf(candidate) === prefixOf(name))
  const swapped = known.find((candidate) => lettersOf(candidate) === lettersOf(name))
  return swapped ?? nearestName(name, known, name.length - prefixOf(name).length <= SHORT ? 1 : 2)
}

/** The first word of a name, with its underscore. */
function prefixOf(name: string): string {
  return name.slice(0, name.indexOf('_') + 1)
}

function lettersOf(name: string): string {
  return [...name].sort().join('')
}
