import { access, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Program } from './private-server.ts'
import { runCommand } from './run-command.ts'

/** The account that PostgreSQL runs as. */
export interface Account {
  readonly uid: number
  readonly gid: number
}

/**
 * PostgreSQL refuses to run as root: started by root it runs as the owner of the existing data, or as `nobody`. Null if we
 * are not root.
 */
export async function postgresAccount(cluster: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null
  const owner = await stat(cluster).catch(() => null)
  if (owner !== null && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => runCommand('id', [flag, 'nobody'], 5_000)))
  return { uid: Number(uid), gid: Number(gid) }
}

/**
 * Runs a program as `account`, which must be able to read the checkout and the data directory even below a folder that is
 * closed to others, like /root. So it keeps the one capability that bypasses closed folders; the secure bit makes
 * access(2), with which PostgreSQL checks its own binaries, honour it too. Without setpriv (not Linux), the account needs
 * access itself.
 */
export async function asAccount(program: Program, account: Account | null): Promise<Program> {
  if (account === null) return program
  const setpriv = await findSetpriv()
  if (setpriv === null) return { ...program, ...account }
  const args = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    '--inh-caps=-all,+dac_override',
    '--ambient-caps=-all,+dac_override',
    '--bounding-set=-all,+dac_override',
    '--securebits=+no_setuid_fixup',
    '--no-new-privs',
    program.command,
    ...program.args,
  ]
  return { ...program, command: setpriv, args }
}

async function findSetpriv(): Promise<string | null> {
  if (process.platform !== 'linux') return null
  for (const folder of ['/usr/bin', '/bin', ...(process.env.PATH ?? '').split(path.delimiter)]) {
    const file = path.join(folder, 'setpriv')
    if (
      path.isAbsolute(file) &&
      (await access(file).then(
        () => true,
        () => false,
      ))
    )
      return file
  }
  return null
}
