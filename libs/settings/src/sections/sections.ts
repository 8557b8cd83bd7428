import { nearestName, type Parsed } from '@drawbridge/contracts'
import { readSecret } from '../secret-file.ts'
import { connectorSettings } from './connector-settings.ts'
import { databaseSettings } from './database-settings.ts'
import { httpSettings } from './http-settings.ts'
import { limitSettings, presetSettings } from './limit-settings.ts'
import { natsSettings } from './nats-settings.ts'
import { notifySettings } from './notify/notify-settings.ts'
import { type Environment, type Faults, type Secrets, variable } from './read-settings.ts'
import {
  consoleSettings,
  flagSettings,
  leaseSettings,
  logSettings,
  metricsSettings,
  persisterSettings,
  riskGuardianSettings,
  traderSettings,
} from './service-settings.ts'
import type { Setting, Settings } from './setting.ts'
import { tracingSettings } from './tracing-settings.ts'
import { tradersSettings } from './trader-settings.ts'

/** Every group of settings, by its title in docs/configuration.md. */
export const SECTIONS: Readonly<Record<string, Settings>> = {
  NATS: natsSettings,
  Database: databaseSettings,
  Log: logSettings,
  Metrics: metricsSettings,
  Tracing: tracingSettings,
  Flags: flagSettings,
  Limits: { ...limitSettings, preset: presetSettings.name },
  Traders: tradersSettings,
  HTTP: httpSettings,
  Console: consoleSettings,
  'Trader service': traderSettings,
  'Risk guardian': riskGuardianSettings,
  Persister: persisterSettings,
  Connector: connectorSettings,
  Notifier: notifySettings,
  Lease: leaseSettings,
}

export const ALL_SETTINGS: readonly Setting<unknown>[] = Object.values(SECTIONS).flatMap((section) =>
  Object.values(section),
)

/** Settings that say where the settings are. */
const PLACE_VARIABLES = ['CONFIG_FILE', 'ENV_FILE'] as const

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

/** Cluster managers set such variables for every service there is, whatever its name. */
const OF_ANY_SERVICE = /_(HOST|PORT)$/

/**
 * Reports variables that look like typos. An environment belongs to many programs, so only variables with the prefix of
 * one of ours and a similar name are reported, and those that differ from one of ours by one slip.
 */
export function checkVariables(env: Environment, faults: Faults): void {
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || VARIABLES.includes(name)) continue
    const meant = PREFIXES.has(prefixOf(name)) ? meantBy(name) : oneSlipFrom(name)
    if (meant !== null) faults.add(name, `is not a known variable, did you mean ${meant}?`)
  }
}

function meantBy(name: string): string | null {
  const known = VARIABLES.filter((candidate) => prefixOf(candidate) === prefixOf(name))
  return swappedIn(name, known) ?? nearestName(name, known, name.length - prefixOf(name).length <= SHORT ? 1 : 2)
}

/** The slip is in the prefix. */
function oneSlipFrom(name: string): string | null {
  if (OF_ANY_SERVICE.test(name) || name !== name.toUpperCase()) return null
  return swappedIn(name, VARIABLES) ?? nearestName(name, VARIABLES, 1)
}

function swappedIn(name: string, known: readonly string[]): string | null {
  return known.find((candidate) => lettersOf(candidate) === lettersOf(name)) ?? null
}

/** The first word of a name, with its underscore. */
function prefixOf(name: string): string {
  return name.slice(0, name.indexOf('_') + 1)
}

function lettersOf(name: string): string {
  return [...name].sort().join('')
}

/** The contents of the files that the `*_FILE` variables of an environment name. */
export function secretFiles(env: Environment): Secrets {
  const secrets: Record<string, Parsed<string>> = {}
  for (const { variable: name, secret } of ALL_SETTINGS) {
    if (name === null || secret !== true) continue
    const path = variable(env, `${name}_FILE`)
    if (path !== undefined) secrets[name] = readSecret(path)
  }
  return secrets
}
