import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const SIMULATE = fileURLToPath(new URL('simulate.ts', import.meta.url))
const LONGEST_TRACE_BYTES = 64 * 1024 * 1024

/** What `--json` says. */
export interface Outcome {
  readonly from: number
  readonly seeds: number
  readonly failure: { readonly seed: number; readonly invariant: string; readonly what: string } | null
  /** Of the process that the scenario strikes at each of its awaits; null: it strikes none. */
  readonly awaits: number | null
  /** An input waited at most so long for its decision, milliseconds. */
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

/** All that a seed prints but its last line, which tells real time. */
export async function traceOf(seed: number): Promise<string> {
  const { output } = await run(['--seed', String(seed)])
  return output.split('\n').slice(0, -2).join('\n')
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
