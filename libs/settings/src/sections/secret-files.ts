import { readFileSync } from 'node:fs'
import { type Parsed, parsed, refused } from '@drawbridge/contracts'
import { type Environment, type Secrets, variable } from './read-settings.ts'
import { ALL_SETTINGS } from './sections.ts'

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

/** A mounted secret, without surrounding white space. A refusal does not quote the file. */
export function readSecret(path: string): Parsed<string> {
  try {
    const text = readFileSync(path, 'utf8').trim()
    return text === '' ? refused(`${path} is empty`) : parsed(text)
  } catch (error) {
    return refused(`cannot be read: ${(error as Error).message}`)
  }
}
