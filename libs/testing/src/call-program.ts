import { spawn } from 'node:child_process'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { ProgramContext } from '@drawbridge/service-kit/program'

/** The exit code and output of a program. */
export interface Finished {
  /** Null: a signal ended it. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder without the config.json or .env that a developer may have at the root. */
const HERE = fileURLToPath(new URL('.', import.meta.url))

/**
 * Calls a program in this process: a separate process takes a second to start.
 * @param env its whole environment
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
 * Runs a program as a user does, in a separate process.
 * @param file the file that Node.js runs
 * @param env its whole environment, except `PATH`
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

/** Collects what is written. */
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
