import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

const SIMULATE = fileURLToPath(new URL('simulate.ts', import.meta.url))
const LONGEST_TRACE_BYTES = 64 * 1024 * 1024

/** The output of `--json`. */
export interface Outcome {
  readonly from: number
  readonly seeds: number
  readonly failure: { readonly seed: number; readonly invariant: string; readonly what: string } | null
  /** How many awaits the process has whose awaits are the crash points; null: the scenario has none. */
  readonly awaits: number | null
  /** The longest wait of an input for its decision, milliseconds. */
  readonly longestWaitMs: number
  readonly seconds: number
  /** A hash of all traces, in the order of the seeds. */
  readonly digest: string
}

/** Runs the command as a user does. */
export async function simulate(args: readonly string[]): Promise<{ readonly code: number; readonly outcome: Outcome }> {
  const { code, output } = await run([...args, '--json'])
  return { code, outcome: JSON.parse(output) as Outcome }
}

/** The output of a seed without its last line, which has the real time. */
export async function traceOf(seed: number): Promise<string> {
  const { output } = await run(['--seed', String(seed)])
  return output.split('\n').slice(0, -2).join('\n')
}

/**
 * Runs this many seeds in which the active guardian dies or is stopped, by turns. On the virtual clock this is not a
 * measurement: the same seed always waits equally long.
 */
export async function expectShortTakeovers(seeds: number): Promise<void> {
  const { code, outcome } = await simulate(['--scenario', 'takeover', '--seeds', String(seeds)])
  expect(outcome.failure).toBeNull()
  expect(code).toBe(0)
  // It waited for another guardian to become active.
  expect(outcome.longestWaitMs).toBeGreaterThan(250)
  expect(outcome.longestWaitMs).toBeLessThanOrEqual(450)
}

function run(args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [SIMULATE, ...args], { maxBuffer: LONGEST_TRACE_BYTES }, (error, output, errors) => {
      const code = error === null ? 0 : error.code
      if (typeof code === 'number' && output !== '') resolve({ code, output })
      else reject(new Error(`the simulation did not run: ${errors}`, { cause: error }))
    })
  })
}
