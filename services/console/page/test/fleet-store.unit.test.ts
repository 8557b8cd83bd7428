import { expect, test } from 'vitest'
import { announceChanges, announced } from '../src/store/announcements.ts'
import { type Change, FleetStore } from '../src/store/fleet-store.ts'
import { member } from './members.ts'

const BEGIN = { accounts: {}, leaseMs: 10_000 }

function begun(onChanges: (changes: readonly Change[]) => void = () => undefined): FleetStore {
  const store = new FleetStore(onChanges)
  store.take('begin', BEGIN, 0)
  store.take('traders', [member('a'), member('b')], 0)
  store.take('complete', { traders: 2 }, 0)
  return store
}

test('a batch of traders is told once', () => {
  const store = begun()
  const before = store.revision.value
  store.take('traders', [member('a', { version: 2 }), member('c')], 1)
  expect(store.revision.value).toBe(before + 1)
  expect([...store.members.keys()]).toEqual(['a', 'b', 'c'])
})

test('a new beginning voids what was known', () => {
  const store = begun()
  store.take('begin', BEGIN, 1)
  expect([store.members.size, store.isComplete.value]).toEqual([0, false])
})

test('the age of what is shown counts from the last pulse', () => {
  const store = begun()
  store.take('pulse', { now: 5, natsAway: null, isCurrent: true, newest: null, guardian: null }, 77)
  expect(store.pulseAt.value).toBe(77)
})

test('changes are told once the fleet is complete, not while it comes', () => {
  const heard: string[] = []
  const store = begun((changes) => heard.push(...changes.map(({ after }) => after.id)))
  store.take('traders', [member('b', { version: 2 }), member('new')], 1)
  expect(heard).toEqual(['b'])
})

test('a screen reader hears who is blocked, why, and who trades again', () => {
  const blocked = member('a', { status: 'paused', code: 'limit', reason: 'max_drawdown: 21 %' })
  announceChanges([{ before: member('a'), after: blocked }])
  expect(announced.value).toBe('a: Blocked, max_drawdown: 21 %.')
  announceChanges([{ before: blocked, after: member('a') }])
  expect(announced.value).toBe('a: Trading again.')
})

test('a screen reader is told the number, where many are blocked at once', () => {
  const blocked = (id: string) => ({ before: member(id), after: member(id, { status: 'paused', code: 'operator' }) })
  announceChanges(['a', 'b', 'c', 'd', 'e'].map(blocked))
  expect(announced.value).toMatch(/^a: Blocked\. b: Blocked\. c: Blocked\. And 2 more\.$/)
})
