import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Gives the console a key that is kept with the data, so that people stay logged in over a restart; settings come first. */
export function keepLogins(folder: string, env: NodeJS.ProcessEnv): void {
  if (env.CONSOLE_SESSION_KEY || env.CONSOLE_SESSION_KEY_FILE) return
  const file = join(folder, 'session-key')
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  env.CONSOLE_SESSION_KEY_FILE = file
}
