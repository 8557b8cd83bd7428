import { expect, test } from 'vitest'
import { Turn } from '../src/core/turn.ts'

const DELAY = 250

test('a turn is taken when an input was undecided for the delay and nobody was heard', () => {
  const turn = new Turn(DELAY, 'b')
  expect(turn.look(1_000, 1_249)).toBe(false)
  expect(turn.isMine).toBe(false)
  expect(turn.look(1_000, 1_250)).toBe(true)
  expect(turn.isMine).toBe(true)
})

test('a turn is taken once, and kept while nothing is undecided', () => {
  const turn = new Turn(DELAY, 'b')
  turn.look(0, 1_000)
  expect(turn.look(0, 2_000)).toBe(false)
  expect(turn.look(null, 3_000)).toBe(false)
  expect(turn.isMine).toBe(true)
})

test('no turn is taken where all is decided', () => {
  const turn = new Turn(DELAY, 'b')
  expect(turn.look(null, 100_000)).toBe(false)
  expect(turn.isMine).toBe(false)
})

test('a turn ends with the first event of another guardian, and is taken again only the delay after the last', () => {
  const turn = new Turn(DELAY, 'b')
  turn.look(0, 1_000)
  turn.yield('c', 1_100)
  expect(turn.isMine).toBe(false)
  turn.yield('c', 1_200)
  expect(turn.look(900, 1_449)).toBe(false)
  expect(turn.look(900, 1_450)).toBe(true)
})

test('of two that take their turn at once, the one whose name comes first keeps it, and the other yields', () => {
  const [first, second] = [new Turn(DELAY, 'a'), new Turn(DELAY, 'b')]
  first.look(0, 1_000)
  second.look(0, 1_020)
  first.yield('b', 1_030)
  second.yield('a', 1_030)
  expect([first.isMine, second.isMine]).toEqual([true, false])
})

test('one that was first yields too where the other one goes on, as all that it publishes may be refused', () => {
  const turn = new Turn(DELAY, 'a')
  turn.look(0, 1_000)
  turn.yield('b', 1_099)
  expect(turn.isMine).toBe(true)
  turn.yield('b', 1_100)
  expect(turn.isMine).toBe(false)
})
