import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readAlert } from '../../src/adapters/tradingview/alert.ts'
import { faultsOfTradingView } from '../../src/adapters/tradingview/settings.ts'

const URL_ONLY = { forward_url: 'http://h' }
const BY_VALUE = { ...URL_ONLY, exit_at: '/after', exit_values: ['flat'] }
const BY_POSITION = {
  ...URL_ONLY,
  side_at: '/side',
  quantity_at: '/quantity',
  before_at: '/before',
  before_size_at: '/size',
}
const intentOf = (alert: object, settings: Parameters<typeof readAlert>[1]) => {
  const read = readAlert(JSON.stringify(alert), settings)
  return read.ok ? read.value.intent : read.reason
}

test.each([
  ['what the configured value tells', { after: 'flat' }, 'exit'],
  ['another value', { after: 'long' }, 'entry'],
  ['a value in other letters', { after: 'FLAT' }, 'entry'],
  ['no value', {}, 'entry'],
  ['a value in a list', { after: ['flat'] }, 'entry'],
  ['a value in an object', { after: { toString: 'flat' } }, 'entry'],
])('%s is told by its value', (_what, alert, intent) => {
  expect(intentOf(alert, BY_VALUE)).toBe(intent)
})

test.each([
  ['a part of a long position sold', { side: 'sell', quantity: '1', before: 'long', size: '2' }, 'exit'],
  ['all of a short position bought back', { side: 'buy', quantity: 2, before: 'short', size: '2' }, 'exit'],
  ['a flip', { side: 'sell', quantity: '3', before: 'long', size: '2' }, 'entry'],
  ['a purchase from flat', { side: 'buy', quantity: '1', before: 'flat', size: '0' }, 'entry'],
  ['an addition', { side: 'buy', quantity: '1', before: 'long', size: '2' }, 'entry'],
  ['a size with a sign of its own', { side: 'buy', quantity: '1', before: 'long', size: '-2' }, 'entry'],
  ['a word that is none', { side: 'sell', quantity: '1', before: 'constructor', size: '2' }, 'entry'],
  ['no size', { side: 'sell', quantity: '1', before: 'long' }, 'entry'],
  [
    'a placeholder that was not replaced',
    { side: '{{strategy.order.action}}', quantity: '1', before: 'long', size: '2' },
    'entry',
  ],
])('%s is told by the position before it', (_what, alert, intent) => {
  expect(intentOf(alert, BY_POSITION)).toBe(intent)
})

test('a quantity is judged by all of its digits', () => {
  const alert = (quantity: string) => `{"side": "sell", "quantity": ${quantity}, "before": "long", "size": 1}`
  const intents = ['1.0', '1.000000000000000000001', '1e400'].map((quantity) => {
    const read = readAlert(alert(quantity), BY_POSITION)
    return read.ok ? read.value.intent : read.reason
  })
  expect(intents).toEqual(['exit', 'entry', 'entry'])
})

interface Case {
  readonly is: string
  readonly position: { readonly kind: string; readonly size?: string | number } | null
  readonly order: { readonly side: string; readonly quantity?: string | number; readonly reduceOnly?: boolean }
  readonly reduces: boolean
}
const shared: readonly Case[] = JSON.parse(
  readFileSync(new URL('../../../../clients/shared/reducing.json', import.meta.url), 'utf8'),
)
const net = shared.filter(
  ({ position, order }) => position?.kind === 'net' && order.quantity !== undefined && order.reduceOnly === undefined,
)

test.each(net.map((one) => [one.is, one] as const))('as every client of ours tells it: %s', (_is, one) => {
  const size = String(one.position?.size)
  const before = Number(size) === 0 ? 'flat' : size.startsWith('-') ? 'short' : 'long'
  const alert = { ...one.order, before, size: size.replace('-', '') }
  expect(intentOf(alert, BY_POSITION)).toBe(one.reduces ? 'exit' : 'entry')
})

test.each([
  ['text', 'BTC crossed 50000', 'must be a JSON object'],
  ['a list', '[]', 'must be a JSON object'],
  ['nothing', '', 'must be a JSON object'],
  ['half an object', '{"id": ', 'must be a JSON object'],
  ['an object without its id', '{}', '/id (id_at) must be a text'],
  ['an id that is a null', '{"id": null}', '/id (id_at) must be a text'],
  ['an id that is empty', '{"id": ""}', '/id (id_at) must be a text'],
  ['an id that is too long', `{"id": "${'x'.repeat(201)}"}`, '/id (id_at) must be a text'],
])('%s is no alert', (_what, text, told) => {
  const read = readAlert(text, { ...BY_VALUE, id_at: '/id' })
  expect(read).toMatchObject({ ok: false, reason: expect.stringContaining(told) })
})

test('an exit is an alert also without its id, and after a mark of the byte order', () => {
  expect(readAlert('\uFEFF{"after": "flat"}', BY_VALUE)).toMatchObject({ ok: true, value: { intent: 'exit' } })
  const read = readAlert('{"after": "flat", "id": null}', { ...BY_VALUE, id_at: '/id' })
  expect(read).toMatchObject({ ok: true, value: { id: null, intent: 'exit' } })
})

test('exits must be told from entries in one of the two ways', () => {
  expect(faultsOfTradingView(URL_ONLY).join()).toContain('exit_at is missing: exits must be told from entries')
  expect(faultsOfTradingView({ ...URL_ONLY, exit_at: '/a' }).join()).toContain('exit_values is missing')
  expect(faultsOfTradingView({ ...BY_VALUE, side_at: '/a' }).join()).toContain('quantity_at and before_at and')
  expect(faultsOfTradingView({ ...BY_VALUE, ...BY_POSITION })).toEqual([])
})
