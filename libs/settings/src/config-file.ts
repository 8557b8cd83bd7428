import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { type Parsed, parsed, refused } from '@drawbridge/contracts'
import { type Config, loadConfig } from './config.ts'
import { type Place, pathFrom, SettingsError } from './place.ts'
import { PRESETS } from './preset-files.ts'
import { DATABASE_ALTERNATIVES } from './sections/database-settings.ts'
import { type Environment, variable } from './sections/read-settings.ts'
import { secretFiles } from './sections/sections.ts'

/**
 * The settings of a program. The environment takes precedence over `.env` in the working directory, and that over the file
 * that `CONFIG_FILE` names, or `config.json` in the working directory if it exists. A refusal lists every fault, one a line.
 * @param place if not the environment and the working directory of this process
 */
export function readConfig(place: Place = { env: process.env, cwd: '.' }): Parsed<Config> {
  const env = loadEnvFile(place)
  const file = env.ok ? readText(place, 'CONFIG_FILE', 'config.json') : env
  const config = loadConfig(place.env, file.ok ? file.value : null, secretFiles(place.env), PRESETS)
  if (file.ok) return config
  return refused(config.ok ? file.reason : `${file.reason}\n${config.reason}`)
}

/** As {@link readConfig}. @throws {SettingsError} if the settings are invalid */
export function configOf(place: Place): Config {
  const config = readConfig(place)
  if (config.ok) return config.value
  throw new SettingsError(config.reason)
}

/** As {@link readConfig}; if the settings are invalid, prints the faults on standard error and exits with 2. */
export function configOrExit(): Config {
  return valueOrExit(readConfig())
}

/** As {@link loadEnvFile}, for callers that need the variables before the settings. */
export function loadEnvFileOrExit(): void {
  valueOrExit(loadEnvFile({ env: process.env, cwd: '.' }))
}

function valueOrExit<T>(read: Parsed<T>): T {
  if (read.ok) return read.value
  console.error(new SettingsError(read.reason).message)
  process.exit(2)
}

/**
 * Adds to an environment the variables that it lacks, from the file that `ENV_FILE` names, or `.env` in the working
 * directory if it exists. Safe to repeat.
 */
export function loadEnvFile(place: Place): Parsed<null> {
  const file = readText(place, 'ENV_FILE', '.env')
  if (!file.ok) return file
  Object.assign(place.env, missingOf(place.env, parseEnv(file.value ?? '')))
  return parsed(null)
}

/** The content of the file that a variable names, or of the usual one if it exists; null: there is none. */
function readText({ env, cwd }: Place, variableName: string, usual: string): Parsed<string | null> {
  const named = env[variableName]
  try {
    return parsed(readFileSync(pathFrom(cwd, named || usual), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !named) return parsed(null)
    return refused(`${named ? variableName : usual}: cannot be read: ${(error as Error).message}`)
  }
}

/**
 * The variables of a file that an environment lacks. A variable is also left out if the environment has an alternative to
 * it: the environment takes precedence, and that is no conflict.
 */
function missingOf(env: Environment, file: Environment): Record<string, string> {
  const isGiven = (name: string) => variable(env, name) !== undefined
  const [urls, parts] = DATABASE_ALTERNATIVES
  const hidden = new Set<string>([
    ...(urls.some(isGiven) ? [...urls, ...parts] : []),
    ...(parts.some(isGiven) ? urls : []),
  ])
  const missing = Object.entries(file).filter(([name]) => {
    const other = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : `${name}_FILE`
    return env[name] === undefined && !isGiven(other) && !hidden.has(name)
  })
  return Object.fromEntries(missing.map(([name, value]) => [name, value ?? '']))
}
