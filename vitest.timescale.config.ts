import { defineConfig } from 'vitest/config'
import { project, reporters } from './vitest.config.ts'

/**
 * `npm run test:timescale`: what TimescaleDB may make a difference to, on containers. `npm test` runs the same files on
 * the servers that it finds, which is a PostgreSQL without TimescaleDB where Docker does not answer.
 */
const FILES = [
  'libs/testing/test/infrastructure.int.test.ts',
  'infra/migrations/test/*.int.test.ts',
  'libs/history/test/{history-store,hold-epoch,limits-of-rows,reads}.int.test.ts',
  'services/console/test/history-routes.int.test.ts',
  'services/persister/test/{database-away,database-refuses,maintenance,store-events}.int.test.ts',
  'scripts/test/{other-database,retention-undone}.int.test.ts',
  'scripts/cli/test/{adopt-log,rebuild,state,verify}.int.test.ts',
  'e2e/{demo,forbidden-sql,outages,retention-rights,scale-out,upgrade}*.e2e.test.ts',
]

process.env.DRAWBRIDGE_TEST_INFRA = 'docker'
// The processes that start containers remove them; the remover of testcontainers would be one more image.
process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true'

const { test } = project('e2e', 300_000)

export default defineConfig({
  test: { reporters, projects: [{ test: { ...test, name: 'timescale', include: FILES } }] },
})
