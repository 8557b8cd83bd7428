import { readFileSync } from 'node:fs'
import { type Config, loadConfig } from './config.ts'
import { readDatabaseUrl } from './database-address.ts'

/**
 * The settings of this process: the environment over the file that `CONFIG_FILE` names, else over `config.json` in the
 * working directory where there is one, and the address of the database in the file that `DATABASE_URL_FILE` names.
 * Where they are at fault, says so on standard error and exits with 2.
 */
export function configOrExit(): Config {
  const path = process.env.CONFIG_FILE ?? 'config.json'
  let text: string | null = null
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (!missing || process.env.CONFIG_FILE !== undefined) {
      console.error(`cannot read ${path}: ${(error as Error).message}`)
      process.exit(2)
    }
  }
  let secretUrl: string | null = null
  try {
    if (process.env.DATABASE_URL_FILE) secretUrl = readDatabaseUrl(process.env.DATABASE_URL_FILE)
  } catch (error) {
    console.error(`the settings are not valid:\n  DATABASE_URL_FILE: ${(error as Error).message}`)
    process.exit(2)
  }
  const config = loadConfig(process.env, text, secretUrl)
  if (config.ok) return config.value
  console.error(`the settings are not valid:\n  ${config.reason.replaceAll('\n', '\n  ')}`)
  process.exit(2)
}
