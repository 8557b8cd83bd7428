import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Gives the console keys that are kept with the data, so that people stay logged in over a restart, and links in messages go on
 * working; settings come first.
 */
export function keepKeys(folder: string, env: NodeJS.ProcessEnv): void {
  keep(join(folder, 'session-key'), 'CONSOLE_SESSION_KEY', env)
  keep(join(folder, 'link-key'), 'NOTIFIER_LINK_KEY', env)
}

function keep(file: string, variable: string, env: NodeJS.ProcessEnv): void {
  if (env[variable] || env[`${variable}_FILE`]) return
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  env[`${variable}_FILE`] = file
}
