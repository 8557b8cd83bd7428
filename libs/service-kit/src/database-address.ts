import { readFileSync } from 'node:fs'
import type { Config } from './config.ts'
import type { Logger } from './log.ts'

/**
 * Reads the address of a database from a file, as secrets are mounted.
 * @throws when the file cannot be read or does not hold an address; never with what it holds.
 */
export function readDatabaseUrl(file: string): string {
  const address = readFileSync(file, 'utf8').trim()
  if (!URL.canParse(address)) {
    throw new Error(`${file} does not hold an address like "postgres://user:password@host/db"`)
  }
  return address
}

/**
 * The address of the database as it is now: one of a file is read anew at each call, so that changed credentials need
 * no restart. While the file cannot be read the last address holds, and a warning says so once.
 */
export function databaseAddress(config: Pick<Config, 'databaseUrl' | 'databaseUrlFile'>, log: Logger): () => string {
  const { databaseUrlFile: file } = config
  let last = config.databaseUrl
  let fault: string | null = null
  if (file === null) return () => last
  return () => {
    try {
      last = readDatabaseUrl(file)
      fault = null
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      if (reason !== fault) log.warn({ reason }, 'DATABASE_URL_FILE cannot be read; the last address stays')
      fault = reason
    }
    return last
  }
}
