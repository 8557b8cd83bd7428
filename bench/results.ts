import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { median, roundTo } from './figures.ts'

const ROOT = new URL('..', import.meta.url)
const FOLDER = new URL('results/', import.meta.url)

/** The machine of a measurement. */
export function machine() {
  return { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memoryGb: Math.round(totalmem() / 2 ** 30) }
}

/** A line for people, below a table. */
export function machineLine(): string {
  const { cpu, cores, memoryGb } = machine()
  return `${cpu}, ${cores} cores, ${memoryGb} GB, Node ${process.version}`
}

/** The load average of one minute, of all programs on the machine, since others disturb a measurement. */
export function loadNow(): number {
  return loadavg()[0] ?? 0
}

/** The head of a result that is recorded. */
export function headOf(bench: string) {
  return { bench, date: new Date().toISOString() }
}

/**
 * The end of a result that is recorded.
 * @param versions of everything that was measured, except Node.js and this project
 */
export function surroundings<Versions extends object>(versions: Versions, loadBefore: number) {
  return {
    versions: { node: process.version, ...versions, commit: gitCommit() },
    machine: { ...machine(), load: { before: loadBefore, after: loadNow() } },
  }
}

/** The version of an installed package. */
export function versionOf(name: string): string {
  const text = readFileSync(new URL(`node_modules/${name}/package.json`, ROOT), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** The commit that was measured, with `+` where files differ from it; null outside of a git working copy. */
function gitCommit(): string | null {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const commit = git('rev-parse', '--short', 'HEAD').toString().trim()
    const changed = git('status', '--porcelain', '--', 'libs', 'services', 'package-lock.json').toString() !== ''
    return changed ? `${commit}+` : commit
  } catch {
    return null
  }
}

/** Adds a line to the results of a bench. Returns the path of the file. */
export function appendResult(result: { readonly bench: string }): string {
  mkdirSync(FOLDER, { recursive: true })
  const file = new URL(`${result.bench}.jsonl`, FOLDER)
  appendFileSync(file, `${JSON.stringify(result)}\n`)
  return fileURLToPath(file)
}

/** The values of each figure, one for each round; none if it was not measured. */
export type Figures<Name extends string> = Readonly<Record<Name, readonly number[]>>

/** The median over the rounds; null if it was not measured. */
export function medianOf(name: string, values: readonly number[]): number | null {
  return values.length === 0 ? null : roundTo(median(values), decimalsOf(name))
}

/** The measured figures for people, with the spread of the rounds. */
export function tableOf<Name extends string>(
  figures: Figures<Name>,
  targets: Readonly<Record<Name, string | null>>,
): object[] {
  const all = Object.entries(figures) as [Name, readonly number[]][]
  return all
    .filter(([, values]) => values.length > 0)
    .map(([figure, values]) => {
      const round = (value: number) => roundTo(value, decimalsOf(figure))
      const [least, most] = [round(Math.min(...values)), round(Math.max(...values))]
      return { figure, median: medianOf(figure, values), least, most, target: targets[figure] ?? '-' }
    })
}

/** Bytes are whole; the other figures are ratios. */
function decimalsOf(figure: string): number {
  return figure.endsWith('PerTraderBytes') ? 0 : 3
}
