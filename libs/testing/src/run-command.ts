import { fileURLToPath } from 'node:url'
import { runDrawbridge } from '@drawbridge/cli'
import { callProgram, type Finished, spawnProgram } from './call-program.ts'
import { infrastructure } from './index.ts'

const SCRIPT = fileURLToPath(new URL('../../../scripts/cli/main.ts', import.meta.url))

/** Runs `npm run drawbridge -- <args>` in this process, on the NATS of the tests and this database. */
export function runCommand(databaseUrl: string, ...args: readonly string[]): Promise<Finished> {
  return runCommandWith({ DATABASE_URL: databaseUrl }, ...args)
}

/** As {@link runCommand}, with this environment. */
export function runCommandWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Finished> {
  return callProgram((context) => runDrawbridge(args, context), { NATS_URL: infrastructure().natsUrl, ...env })
}

/** As {@link runCommandWith}, but in a separate process, as a user runs it: one test of each command does. */
export function spawnCommandWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Finished> {
  return spawnProgram(SCRIPT, args, { NATS_URL: infrastructure().natsUrl, ...env })
}
