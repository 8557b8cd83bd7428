import { expect, test } from 'vitest'
import { Role } from '../src/core/role.ts'

const DELAY = 250

test('a standby becomes active when an input was undecided for the delay and nobody was heard', () => {
  const role = new Role(DELAY, 'b')
  expect(role.takeOver(1_000, 1_249)).toBe(false)
  expect(role.isActive).toBe(false)
  expect(role.takeOver(1_000, 1_250)).toBe(true)
  expect(role.isActive).toBe(true)
})

test('an active guardian stays active while nothing is undecided', () => {
  const role = new Role(DELAY, 'b')
  role.takeOver(0, 1_000)
  expect(role.takeOver(0, 2_000)).toBe(false)
  expect(role.takeOver(null, 3_000)).toBe(false)
  expect(role.isActive).toBe(true)
})

test('nobody becomes active where all is decided', () => {
  const role = new Role(DELAY, 'b')
  expect(role.takeOver(null, 100_000)).toBe(false)
  expect(role.isActive).toBe(false)
})

test('the first event of another guardian makes it a standby, until the delay after the last one', () => {
  const role = new Role(DELAY, 'b')
  role.takeOver(0, 1_000)
  role.hear('c', 1_100)
  expect(role.isActive).toBe(false)
  role.hear('c', 1_200)
  expect(role.takeOver(900, 1_449)).toBe(false)
  expect(role.takeOver(900, 1_450)).toBe(true)
})

test('of two that become active at once, the one whose name comes first stays so', () => {
  const [first, second] = [new Role(DELAY, 'a'), new Role(DELAY, 'b')]
  first.takeOver(0, 1_000)
  second.takeOver(0, 1_020)
  first.hear('b', 1_030)
  second.hear('a', 1_030)
  expect([first.isActive, second.isActive]).toEqual([true, false])
})

test('one that comes first gives way too where the other one goes on, as all that it publishes may be refused', () => {
  const role = new Role(DELAY, 'a')
  role.takeOver(0, 1_000)
  role.hear('b', 1_099)
  expect(role.isActive).toBe(true)
  role.hear('b', 1_100)
  expect(role.isActive).toBe(false)
})
