import path from 'node:path'
import type { Reporter, TestModule } from 'vitest/node'

const SHOWN = 20
/** For fewer files, a table is of no use. */
const FILES_MIN = 10

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
