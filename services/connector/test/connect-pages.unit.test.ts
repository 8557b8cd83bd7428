import { readFileSync } from 'node:fs'
import { readConnectorSetups } from '@drawbridge/connector'
import { type AdapterName, COMMON_FIELDS, loadConfig } from '@drawbridge/settings'
import { expect, test } from 'vitest'
import { ADAPTER_LIST } from '../src/adapters/adapters.ts'

/** Pages for people that show how an adapter is configured. */
const PAGES: readonly (readonly [page: string, adapter: AdapterName])[] = [
  ['alpaca-accounts', 'alpaca'],
  ['ccxt-accounts', 'ccxt'],
  ['hummingbot', 'hummingbot'],
  ['interactive-brokers-accounts', 'interactive-brokers'],
  ['nofx', 'nofx'],
  ['tradingview-alerts', 'tradingview'],
]

const textOf = (page: string) => readFileSync(new URL(`../../../docs/connect/${page}.md`, import.meta.url), 'utf8')
const examplesIn = (text: string) =>
  [...text.matchAll(/```json\n(.*?)```/gs)].map(([, json = '']) => json).filter((json) => json.includes('"connectors"'))

test.each(PAGES)('each example of a config.json on the page %s is valid', (page) => {
  const examples = examplesIn(textOf(page))
  expect(examples.length).toBeGreaterThan(0)
  for (const example of examples) {
    const config = loadConfig({}, example)
    expect(config).toMatchObject({ ok: true })
    if (config.ok) expect(readConnectorSetups(config.value)).toMatchObject({ ok: true })
  }
})

test.each(PAGES)('the page %s tells every field of the adapter %s', (page, adapter) => {
  const { settings, secrets } = ADAPTER_LIST[adapter]
  const fields = [...Object.keys(settings.properties), ...Object.keys(secrets).map((secret) => `${secret}_file`)]
  const text = textOf(page)
  expect(fields.filter((field) => !text.includes(`| \`${field}\``))).toEqual([])
})

test.each(['connectors', ...PAGES.map(([page]) => page)])('git ignores the files of secrets on the page %s', (page) => {
  const ignored = readFileSync(new URL('../../../.gitignore', import.meta.url), 'utf8').split('\n')
  expect(ignored).toContain('/secrets/')
  const files = [...textOf(page).matchAll(/"\w+_file": "([^"]+)"/g)].map(([, file = '']) => file)
  expect(files.filter((file) => !file.startsWith('secrets/'))).toEqual([])
})

test('the fields that connectors share are where the page of connectors says', () => {
  expect(textOf('connectors')).toContain('(../configuration.md#one-of-the-connectors)')
  const [, section = ''] = textOf('../configuration').split('### One of the connectors\n')
  const [table = ''] = section.split('###')
  expect(Object.keys(COMMON_FIELDS).filter((field) => !table.includes(`| \`connectors.<name>.${field}\``))).toEqual([])
})
