import { type Parsed, parsed, refused } from '@drawbridge/contracts'
import { type DatabaseConfig, isDatabaseUrl, readSecret, withDatabaseTls } from '@drawbridge/settings'
import type { Logger } from './log.ts'

/** Reads the address of a database from a mounted secret file; a refusal does not quote its content. */
export function readDatabaseUrl(file: string): Parsed<string> {
  const address = readSecret(file)
  if (!address.ok || isDatabaseUrl(address.value)) return address
  return refused(`${file} does not hold an address like "postgres://user:password@host/db"`)
}

/**
 * The current address of the database. Parts in a file (all of it or its password) are read at each call, so that changed
 * credentials need no restart. While the file cannot be read, the last address is used, and one warning is logged.
 */
export function databaseAddress(config: DatabaseConfig, log: Logger): () => string {
  const { databaseUrlFile, databasePasswordFile, databaseCaFile } = config
  let last = config.databaseUrl
  let fault: string | null = null
  const read = (): Parsed<string> => {
    if (databaseUrlFile !== null) {
      const address = readDatabaseUrl(databaseUrlFile)
      return address.ok ? withDatabaseTls(address.value, databaseCaFile) : address
    }
    if (databasePasswordFile === null) return parsed(last)
    const password = readSecret(databasePasswordFile)
    return password.ok ? parsed(withPassword(config.databaseUrl, password.value)) : password
  }
  return () => {
    const address = read()
    if (address.ok) last = address.value
    else if (address.reason !== fault) {
      log.warn({ reason: address.reason }, 'could not reload the address of the database; keeping the previous one')
    }
    fault = address.ok ? null : address.reason
    return last
  }
}

function withPassword(address: string, password: string): string {
  const url = new URL(address)
  url.password = encodeURIComponent(password)
  return url.href
}
