import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { DEFAULT_LIMITS } from '@drawbridge/contracts'
import { type Config, loadConfig, PRESETS, SECTIONS, VARIABLES } from '@drawbridge/settings'
import { expect, test } from 'vitest'
import { settingTables } from '../scripts/configuration-docs/tables.ts'

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
const settings = Object.values(SECTIONS).flatMap((section) => Object.values(section))

/** Variables that are no settings of the services. */
const OTHERS = [
  'NATS_SERVER_BIN',
  'XDG_CACHE_HOME',
  'DRAWBRIDGE_TOKEN',
  'TEST_NATS_URL',
  'TEST_DB_URL',
  'DRAWBRIDGE_TEST_INFRA',
  'DRAWBRIDGE_TEST_SEED',
  'DRAWBRIDGE_TEST_WORKERS',
  'TESTCONTAINERS_RYUK_DISABLED',
]

/** What .env.example says, with every variable of it set. */
const example = parseEnv(read('.env.example').replaceAll(/^#(?=[A-Z_]+=)/gm, ''))
const parts = Object.keys(example).filter((name) => name.startsWith('DB_'))

const without = (names: readonly string[]) =>
  Object.fromEntries(Object.entries(example).filter(([name]) => !names.includes(name)))

test('docs/configuration lists every setting as the code has it; if not: npm run configuration-docs', () => {
  expect(read('docs/configuration.md')).toContain(settingTables())
})

test('.env.example has every variable and no other', () => {
  expect(Object.keys(example).sort()).toEqual([...VARIABLES, ...OTHERS].sort())
})

test('.env.example shows the defaults', () => {
  const shown = configOf(without(parts))
  const defaults = configOf({})
  expect({ ...shown, limits: { ...DEFAULT_LIMITS, ...shown.limits } }).toEqual({ ...defaults, limits: DEFAULT_LIMITS })
  expect(configOf(without(['DATABASE_URL', 'DATABASE_URL_FILE'])).databaseUrl).toBe(
    'postgres://postgres@127.0.0.1:5432/nofx_risk',
  )
})

test('config.json.example is valid and has every setting', () => {
  const text = read('config.json.example')
  expect(loadConfig({}, text, {}, PRESETS)).toMatchObject({ ok: true })
  const places = settings.flatMap(({ file }) => (file === null ? [] : [file]))
  expect(places.filter((place) => isMissing(JSON.parse(text), place))).toEqual([])
})

function configOf(env: Record<string, string | undefined>): Config {
  const config = loadConfig(env, null)
  if (!config.ok) throw new Error(config.reason)
  return config.value
}

function isMissing(content: unknown, place: string): boolean {
  return (
    place.split('.').reduce((value, name) => (value as Record<string, unknown> | undefined)?.[name], content) ===
    undefined
  )
}
