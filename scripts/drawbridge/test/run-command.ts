import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { infrastructure } from '@drawbridge/test-kit'

const SCRIPT = fileURLToPath(new URL('../../drawbridge.ts', import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `npm run drawbridge -- <args>` as a process of its own, on the NATS of the tests and this database. */
export function runCommand(databaseUrl: string, ...args: readonly string[]): Promise<Finished> {
  return runCommandWith({ DATABASE_URL: databaseUrl }, ...args)
}

/** As {@link runCommand}, in an environment of which the rest is given. */
export function runCommandWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Finished> {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    // Free of a config.json or .env that a developer has at the root.
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { PATH: process.env.PATH ?? '', NATS_URL: infrastructure().natsUrl, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}
