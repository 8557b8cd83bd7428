import { defineConfig } from 'vitest/config'

/** The suffix of a test file tells what it costs; the plain projects need no server. */
function project(name: 'unit' | 'property' | 'int' | 'e2e', groupOrder: number, testTimeout: number) {
  const needsServers = name === 'int' || name === 'e2e'
  return {
    test: {
      name,
      include: [`**/*.${name}.test.ts`],
      exclude: ['**/node_modules/**', 'data/**'],
      pool: 'forks' as const,
      testTimeout,
      hookTimeout: needsServers ? 60_000 : 10_000,
      sequence: { groupOrder },
      // Streams have fixed names, so files that use them run one after another, across both projects: a group starts
      // when the one before has ended.
      ...(needsServers ? { fileParallelism: false, globalSetup: ['libs/test-kit/src/global-setup.ts'] } : {}),
    },
  }
}

export default defineConfig({
  test: {
    projects: [
      project('unit', 0, 10_000),
      project('property', 0, 120_000),
      project('int', 1, 60_000),
      project('e2e', 2, 300_000),
    ],
    coverage: {
      provider: 'v8',
      include: ['libs/risk-engine/src/**', 'services/persister/src/**'],
      reporter: ['text', 'json-summary'],
      // Of the persister, what its tests run in their own process: those that it runs in as another one do not count.
      thresholds: {
        'libs/risk-engine/src/**': { lines: 95, branches: 95 },
        'services/persister/src/**': { lines: 95 },
      },
    },
  },
})
