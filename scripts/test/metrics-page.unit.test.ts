import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { metricsPage } from '../metrics/metrics-page.ts'

test('docs/metrics.md is what the catalogue says; npm run docs:metrics writes it', () => {
  expect(readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')).toBe(metricsPage())
})
