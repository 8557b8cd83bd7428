import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The machine of a measurement. */
export function machine() {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30) }
}

/** A line for people, below a table. */
export function machineLine(): string {
  const { cpu, cores, memoryGb } = machine()
  return `${cpu}, ${cores} cores, ${memoryGb} GB, Node ${process.version}`
}

/** The commit that was measured, with `+` where files differ from it; null outside of a git working copy. */
export function gitCommit(): string | null {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const commit = git('rev-parse', '--short', 'HEAD').toString().trim()
    const changed = git('status', '--porcelain', '--', 'libs', 'services', 'package-lock.json').toString() !== ''
    return changed ? `${commit}+` : commit
  } catch {
    return null
  }
}

export function roundTo(value: number, decimals: number): number {
  return Number(value.toFixed(decimals))
}

/** The value in the middle; of an even number of values the mean of the two. NaN of none. */
export function median(values: readonly number[]): number {
  return (percentile(values, 0.5) + percentile(values, 0.5, Math.ceil)) / 2
}

/** The smallest value that `share` of all values do not exceed. NaN of none. */
export function percentile(
  values: readonly number[],
  share: number,
  rank: (at: number) => number = Math.floor,
): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, rank((sorted.length - 1) * share))] ?? Number.NaN
}
