import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { type Parsed, parsed, refused } from '@drawbridge/contracts'
import { type Place, pathFrom } from './place.ts'
import { DATABASE_ALTERNATIVES } from './sections/database-url.ts'
import { type Environment, variable } from './sections/read-settings.ts'

/**
 * Adds to an environment the variables that it lacks, from the file that `ENV_FILE` names, or `.env` in the working
 * directory if it exists. Safe to repeat.
 */
export function loadEnvFile({ env, cwd }: Place): Parsed<null> {
  const { ENV_FILE } = env
  try {
    Object.assign(env, missingOf(env, parseEnv(readFileSync(pathFrom(cwd, ENV_FILE || '.env'), 'utf8'))))
    return parsed(null)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !ENV_FILE) return parsed(null)
    return refused(`${ENV_FILE ? 'ENV_FILE' : '.env'}: cannot be read: ${(error as Error).message}`)
  }
}

/**
 * The variables of a file that an environment lacks. A variable is also left out if the environment has an alternative to
 * it: the environment takes precedence, and that is no conflict.
 */
export function missingOf(env: Environment, file: Environment): Record<string, string> {
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
