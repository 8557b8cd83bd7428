import { fileURLToPath } from 'node:url'
import { runDrawbridge } from '@drawbridge/cli'
import { callProgram, type Finished, spawnProgram } from './call-program.ts'
import { infrastructure } from './index.ts'

const SCRIPT = fileURLToPath(new URL('../../../scripts/cli/main.ts', import.meta.url))

/** Runs `npm run drawbridge -- <args>` in this process, on the NATS of the tests and this database. */
export function runCommand(databaseUrl: string, ...args: readonly string[]): Promise<Finished> {
  return runCommandWith({ DATABASE_URL: databaseUrl }, ...args)
}

/** As {@link runCommand}, in an environment of which the rest is given. */
export function runCommandWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Finished> {
  return callProgram((context) => runDrawbridge(args, context), { NATS_URL: infrastructure().natsUrl, ...env })
}

/** As {@link runCommandWith}, as the program that a user starts: one test of each command does. */
export function spawnCommandWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Finished> {
  return spawnProgram(SCRIPT, args, { NATS_URL: infrastructure().natsUrl, ...env })
}
