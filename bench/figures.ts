import type { Bench } from 'tinybench'

export function roundTo(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}

/** The value in the middle; of an even number of values the mean of the two. NaN of none. */
export function median(values: readonly number[]): number {
  return (percentile(values, 0.5) + percentile(values, 0.5, Math.ceil)) / 2
}

/** The smallest value that `share` of all values do not exceed. NaN of none. */
export function percentile(values: readonly number[], share: number, rank = Math.floor): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, rank((sorted.length - 1) * share))] ?? Number.NaN
}

export interface Delay {
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

export function delayOf(valuesMs: readonly number[], decimals: number): Delay {
  const at = (share: number) => roundTo(percentile(valuesMs, share), decimals)
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) }
}

/** Events per second, and the CPU time of the writing process, microseconds per event. */
export interface Pace {
  readonly perSecond: number
  readonly cpuMicros: number
}

export function paceOf(perSecond: number, cpuMs: number, events: number): Pace {
  return { perSecond: Math.round(perSecond), cpuMicros: Math.round((cpuMs * 10_000) / events) / 10 }
}

/** The median time of a task, nanoseconds per item; each call of the task handles `count` items. */
export function nanosEach(bench: Bench, task: string, count: number): number {
  const result = bench.getTask(task)?.result
  if (result === undefined || !('latency' in result)) throw new Error(`${task} did not run`)
  return (result.latency.p50 * 1e6) / count
}

/** Measures this many rounds; prints a line per round on standard error. */
export async function measureRounds<Round extends object>(
  name: string,
  rounds: number,
  measure: (round: number) => Promise<Round>,
): Promise<readonly Round[]> {
  const done: Round[] = []
  while (done.length < rounds) {
    const round = await measure(done.length)
    done.push(round)
    console.error(`${name} ${done.length}/${rounds} ${JSON.stringify(round)}`)
  }
  return done
}
