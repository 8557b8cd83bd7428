import { defineConfig } from 'vitest/config'
import { SlowestFiles, workerCount } from './libs/testing/src/test-run.ts'

/** Files that need the machine for themselves: they run one after another, after all others. */
const ALONE: readonly string[] = []

const WORKERS = workerCount(process.env)

export const reporters = ['default', new SlowestFiles()]

/** The suffix of a test file tells what it costs; `unit` and `property` need no server. */
export function project(name: 'unit' | 'property' | 'int' | 'e2e' | 'exhaustive', testTimeout: number) {
  const needsServers = name !== 'unit' && name !== 'property'
  return {
    test: {
      name,
      include: [`**/*.${name}.test.ts`],
      exclude: ['**/node_modules/**', 'data/**', ...ALONE],
      pool: 'forks' as const,
      // Without servers, a file leaves nothing behind in its process, so the next one may use what is loaded there already.
      isolate: needsServers,
      maxWorkers: WORKERS,
      testTimeout,
      hookTimeout: needsServers ? 120_000 : 30_000,
      ...(needsServers ? { globalSetup: ['libs/testing/src/global-setup.ts'] } : {}),
    },
  }
}

function alone() {
  const { test } = project('e2e', 300_000)
  // A group starts when the one before has ended.
  const order = { maxWorkers: 1, sequence: { groupOrder: 1 } }
  return { test: { ...test, ...order, name: 'alone', include: [...ALONE], exclude: [] } }
}

export default defineConfig({
  test: {
    reporters,
    projects: [
      project('unit', 30_000),
      project('property', 120_000),
      project('int', 120_000),
      project('e2e', 300_000),
      project('exhaustive', 600_000),
      ...(ALONE.length > 0 ? [alone()] : []),
    ],
    coverage: {
      provider: 'v8',
      include: ['libs/risk-engine/src/**', 'libs/history/src/**', 'services/persister/src/**'],
      reporter: ['text', 'json-summary'],
      // For the persister, only code that its tests run in their own process counts, not child processes.
      thresholds: {
        'libs/risk-engine/src/**': { lines: 95, branches: 95 },
        'libs/history/src/**': { lines: 95 },
        'services/persister/src/**': { lines: 95 },
      },
    },
  },
})
