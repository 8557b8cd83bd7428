import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { findPromtool, PROMETHEUS_FOLDER } from '../metrics/promtool.ts'

const promtool = findPromtool()
if (promtool === null) {
  console.warn(
    "alert rules are NOT tested: there is no promtool on PATH (Debian's package prometheus has it), and no image of Prometheus",
  )
}

const files = readdirSync(path.join(PROMETHEUS_FOLDER, 'test')).map((file) => `test/${file}`)

test.skipIf(promtool === null).each(files)(
  'every alert in %s fires in its cases, says what they say, and is silent in the others',
  (file) => {
    expect(promtool?.('test', 'rules', file)).toMatchObject({ ok: true })
  },
)

test.skipIf(promtool === null)('Prometheus takes the configuration and the rules', () => {
  // The token is where Prometheus runs.
  expect(promtool?.('check', 'config', '--syntax-only', 'prometheus.yml')).toMatchObject({ ok: true })
  expect(promtool?.('check', 'rules', 'alerts.yml')).toMatchObject({ ok: true })
})
