import { availableParallelism } from 'node:os'
import path from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

type Environment = Readonly<Record<string, string | undefined>>

/** A test file waits about as long as it computes, so two per core keep the cores busy. */
const WORKERS_PER_CORE = 2
const SHOWN = 20
/** For fewer files, a table is of no use. */
const FILES_MIN = 10

/**
 * How many test files run at a time. Streams have fixed names, so each worker needs its own NATS: if `TEST_NATS_URL` names
 * one, files run one after another.
 * @throws when `DRAWBRIDGE_TEST_WORKERS` is not a whole number from 1 to 64
 */
export function workerCount(env: Environment, cores = availableParallelism()): number {
  if (env.TEST_NATS_URL) return 1
  const given = env.DRAWBRIDGE_TEST_WORKERS
  if (!given) return Math.min(WORKERS_PER_CORE * cores, 64)
  const count = Number(given)
  if (Number.isInteger(count) && count >= 1 && count <= 64) return count
  throw new Error(`DRAWBRIDGE_TEST_WORKERS must be a whole number from 1 to 64, got ${JSON.stringify(given)}`)
}

/** Ends a run of many files with a table of the slowest ones, loading and set-up included. */
export class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (modules.length < FILES_MIN) return
    const rows = modules
      .map((module) => ({ ms: millisecondsOf(module), file: path.relative(process.cwd(), module.moduleId) }))
      .sort((a, b) => b.ms - a.ms)
      .slice(0, SHOWN)
    console.log(`\nThe ${rows.length} slowest of ${modules.length} files, in seconds:`)
    for (const { ms, file } of rows) console.log(`${(ms / 1_000).toFixed(1).padStart(7)}  ${file}`)
  }
}

function millisecondsOf(module: TestModule): number {
  const { prepareDuration, environmentSetupDuration, setupDuration, collectDuration, duration } = module.diagnostic()
  return prepareDuration + environmentSetupDuration + setupDuration + collectDuration + duration
}
