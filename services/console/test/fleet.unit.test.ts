import { encodeRiskEvent, toJsonBytes } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import { Fleet } from '../src/core/fleet.ts'
import { Account } from './account.ts'

const ticks = (...equities: readonly number[]) => {
  const account = Account.with({}, 1000)
  return equities.map((equity) => encodeRiskEvent(account.tick(equity)))
}

test('an event that is older than what is known changes nothing', () => {
  const fleet = new Fleet()
  const [first, second] = ticks(999, 998)
  fleet.apply('bot1', second ?? new Uint8Array())
  expect(fleet.apply('bot1', first ?? new Uint8Array())).toBe(true)
  expect(fleet.page(10, null, null).traders).toMatchObject([{ id: 'bot1', version: 3, equity: '998' }])
})

test('what is left of the room is a part of the whole: below 0 beyond the line, more than all of it above what it is measured from', () => {
  const fleet = new Fleet()
  for (const [index, event] of ticks(1010, 925, 850).entries()) fleet.apply(`bot${index}`, event)
  expect(fleet.page(10, null, null).traders.map(({ roomPct }) => roomPct)).toEqual(['110', '25', '-50'])
})

test('what cannot be read is said, and leaves what is known', () => {
  const fleet = new Fleet()
  const [first] = ticks(999)
  fleet.apply('bot1', first ?? new Uint8Array())
  expect(fleet.apply('bot1', toJsonBytes({ version: 9 }))).toBe(false)
  expect(fleet.apply('bot2', new Uint8Array())).toBe(false)
  expect(fleet.page(10, null, null)).toMatchObject({ total: 1, traders: [{ version: 2 }] })
})

test('a trader that appears between two pages is on the page of its id', () => {
  const fleet = new Fleet()
  const [event = new Uint8Array()] = ticks(999)
  for (const id of ['a', 'c', 'e']) fleet.apply(id, event)
  expect(fleet.page(2, null, null).traders.map(({ id }) => id)).toEqual(['a', 'c'])
  for (const id of ['b', 'd']) fleet.apply(id, event)
  expect(fleet.page(2, 'c', null)).toMatchObject({ total: 5, next: null, traders: [{ id: 'd' }, { id: 'e' }] })
})

test('what is forgotten is not shown', () => {
  const fleet = new Fleet()
  const [event = new Uint8Array()] = ticks(999)
  fleet.apply('a', event)
  fleet.clear()
  expect(fleet.page(10, null, null)).toEqual({ traders: [], total: 0, next: null })
})

test('a summary says whom the trader obeys, by the settings', () => {
  const fleet = new Fleet(new Map([['bot1', ['desk']]]))
  const [event = new Uint8Array()] = ticks(999)
  for (const id of ['bot1', 'bot2']) fleet.apply(id, event)
  expect(fleet.page(10, null, null).traders.map(({ obeys }) => obeys)).toEqual([['desk'], []])
})

test('a summary names the currency that a tick has named, else that of the settings', () => {
  const account = Account.with({}, 1000)
  const unnamed = encodeRiskEvent(account.tick(999))
  const currencies = new Map([['bot1', 'USD']])
  const fleet = new Fleet(undefined, (id) => currencies.get(id) ?? null)
  for (const id of ['bot1', 'bot2']) fleet.apply(id, unnamed)
  expect(fleet.page(10, null, null).traders.map(({ currency }) => currency)).toEqual(['USD', null])
})
