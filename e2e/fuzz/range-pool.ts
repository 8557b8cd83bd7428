import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { RangeOrder } from './fuzz-worker.ts'
import { type RangeResult, Tally } from './tally.ts'

const WORKER = fileURLToPath(new URL('fuzz-worker.ts', import.meta.url))
const RANGE = 5_000
/** A range takes about a second; a reader that takes minutes for an input hangs. */
const RANGE_WITHIN_MS = 600_000

export interface PoolOptions {
  readonly seed: number
  readonly from: number
  readonly inputs: number
  readonly workers: number
  /** Called after each range, with all so far. */
  readonly onProgress: (result: RangeResult) => void
}

/** Tries inputs in several processes. @throws if one of them exits, with its range */
export async function fuzzInProcesses(options: PoolOptions): Promise<RangeResult> {
  const tally = new Tally()
  const end = options.from + options.inputs
  let next = options.from
  const take = (): RangeOrder | null => {
    if (next >= end) return null
    const order = { seed: options.seed, from: next, count: Math.min(RANGE, end - next) }
    next += order.count
    return order
  }
  const onResults = (results: readonly RangeResult[]) => {
    for (const result of results) tally.addAll(result)
    options.onProgress(tally.result)
  }
  const workers = Math.min(options.workers, Math.ceil(options.inputs / RANGE))
  await Promise.all(Array.from({ length: workers }, () => work(take, onResults)))
  return tally.result
}

function work(take: () => RangeOrder | null, onResults: (results: readonly RangeResult[]) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = fork(WORKER)
    let order: RangeOrder | null = null
    let watchdog: NodeJS.Timeout | undefined
    child.on('message', (message: readonly RangeResult[] | 'ready') => {
      clearTimeout(watchdog)
      if (message !== 'ready') onResults(message)
      order = take()
      if (order === null) return child.disconnect()
      watchdog = setTimeout(() => child.kill('SIGKILL'), RANGE_WITHIN_MS)
      child.send(order)
    })
    child.on('exit', (code, signal) => {
      clearTimeout(watchdog)
      if (order === null && code === 0) return resolve()
      reject(new Error(`a process ended (${signal ?? code}) with the inputs from ${order?.from} on`))
    })
  })
}
