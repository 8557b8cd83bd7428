import { spawn } from 'node:child_process'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { ProgramContext } from '@drawbridge/service-kit/program'

/** How a program ended, and what it said. */
export interface Finished {
  /** Null: a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder free of a config.json or .env that a developer has at the root. */
const HERE = fileURLToPath(new URL('.', import.meta.url))

/**
 * Calls what a program runs, in this process: a process of its own takes a second to start.
 * @param env all the environment that it has
 */
export async function callProgram(
  run: (context: ProgramContext) => Promise<number>,
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const [stdout, stderr] = [new Heard(), new Heard()]
  const code = await run({ env: { ...env }, cwd: HERE, stdout, stderr })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

/**
 * Runs a program as a user does, as a process of its own.
 * @param file what Node.js is to run
 * @param env all the environment that it has, but for `PATH`
 */
export function spawnProgram(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: HERE,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [stdout, stderr] = [new Heard(), new Heard()]
  child.stdout.pipe(stdout)
  child.stderr.pipe(stderr)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout: stdout.text(), stderr: stderr.text() }))
  })
}

/** Keeps what is written. */
class Heard extends Writable {
  readonly #chunks: Buffer[] = []

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk)
    done()
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString()
  }
}
