import { availableParallelism } from 'node:os'

type Environment = Readonly<Record<string, string | undefined>>

/** A test file waits about as long as it computes, so two per core keep the cores busy. */
const WORKERS_PER_CORE = 2

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
