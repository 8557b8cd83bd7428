import { expect, test } from 'vitest'
import { acknowledgeLink, readAcknowledgeLink } from '../src/acknowledge-link.ts'

const KEY = 'a key of thirty-two characters!!'
const NOW = Date.UTC(2026, 0, 1)
const GRANT = {
  trader: 'binance:btc',
  alert: 'fault:connector:a&b',
  version: 7,
  channel: 'mail',
  until: NOW + 1_000,
}
const link = acknowledgeLink('https://d.example', KEY, GRANT)
const queryOf = (url: string) => Object.fromEntries(new URL(url).searchParams)

test('a link grants what it was made for, until its time', () => {
  expect(link).toMatch(/^https:\/\/d[.]example\/acknowledge\?/)
  expect(readAcknowledgeLink(queryOf(link), KEY, NOW)).toEqual({ ok: true, value: GRANT })
  expect(readAcknowledgeLink(queryOf(link), KEY, NOW + 1_000)).toMatchObject({ ok: false, reason: 'is too old' })
})

test.each([
  ['trader', 'bot2'],
  ['alert', 'silent'],
  ['version', '8'],
  ['channel', 'chat'],
  ['until', String(NOW + 9_999)],
  ['mac', ''],
  ['mac', 'AAAA'],
  ['trader', ['binance:btc', 'bot2']],
])('with another %s it grants nothing: %j', (name, value) => {
  const changed = { ...queryOf(link), [name]: value }
  expect(readAcknowledgeLink(changed, KEY, NOW)).toMatchObject({ ok: false })
})

test('nothing, and a link by another key, grants nothing', () => {
  expect(readAcknowledgeLink({}, KEY, NOW)).toMatchObject({ ok: false })
  expect(readAcknowledgeLink(queryOf(link), `${KEY}!`, NOW)).toMatchObject({ ok: false })
})
