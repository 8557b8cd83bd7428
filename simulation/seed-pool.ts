import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { SeedResult } from './run-seed.ts'
import type { ScenarioName } from './scenarios/scenarios.ts'
import type { SeedOrder } from './seed-worker.ts'

const WORKER = fileURLToPath(new URL('seed-worker.ts', import.meta.url))
/** Real milliseconds; a seed takes a fraction of a second, one of takeovers some seconds, and more on a busy machine. */
const SEED_WITHIN_MS = 300_000

export interface PoolOptions {
  readonly scenario: ScenarioName
  readonly from: number
  readonly count: number
  readonly workers: number
  readonly mutant: string | null
  /** Whether results have a trace; failed ones always have. */
  readonly withTrace: boolean
  /** Whether to go on after a seed has failed. */
  readonly goOn: boolean
  readonly onResult: (result: SeedResult) => void
}

/** Runs seeds in several processes. After a failed seed it starts no other, unless `goOn`. Resolves when all started seeds have ended. */
export async function runSeeds(options: PoolOptions): Promise<void> {
  const seeds = new Seeds(options.from, options.count)
  const workers = Math.min(options.workers, options.count)
  await Promise.all(Array.from({ length: workers }, () => work(options, seeds)))
}

/** The remaining seeds. */
class Seeds {
  #next: number
  #end: number

  constructor(from: number, count: number) {
    this.#next = from
    this.#end = from + count
  }

  take(): number | null {
    return this.#next < this.#end ? this.#next++ : null
  }

  stop(): void {
    this.#end = this.#next
  }
}

function work({ scenario, mutant, withTrace, goOn, onResult }: PoolOptions, seeds: Seeds): Promise<void> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = fork(WORKER, mutant === null ? [] : ['--mutant', mutant], {
      // Almost all memory is garbage immediately.
      execArgv: ['--max-semi-space-size=64'],
    })
    let seed: number | null = null
    let late: NodeJS.Timeout | undefined
    let isLate = false
    const next = () => {
      seed = seeds.take()
      if (seed === null) return child.disconnect()
      child.send({ scenario, seed, withTrace } satisfies SeedOrder)
      late = setTimeout(() => {
        isLate = true
        child.kill('SIGKILL')
      }, SEED_WITHIN_MS)
    }
    child.on('message', (message: SeedResult | 'ready') => {
      clearTimeout(late)
      if (message !== 'ready') {
        if (message.violation !== null && !goOn) seeds.stop()
        onResult(message)
      }
      next()
    })
    child.on('exit', (code, signal) => {
      clearTimeout(late)
      if (seed === null && code === 0) return resolve()
      seeds.stop()
      const which = seed === null ? 'before its first seed' : `with seed ${seed}`
      const why = isLate ? `it took longer than ${SEED_WITHIN_MS / 1_000} s` : (signal ?? code)
      reject(new Error(`a process ended ${which} (${why})`))
    })
  })
}
