import { expect, test } from 'vitest'
import { Turn } from '../src/core/turn.ts'

const DELAY = 250

test('a turn is taken when an input was undecided for the delay and nobody was heard', () => {
  const turn = new Turn(DELAY)
  expect(turn.look(1_000, 1_249)).toBe(false)
  expect(turn.isMine).toBe(false)
  expect(turn.look(1_000, 1_250)).toBe(true)
  expect(turn.isMine).toBe(true)
})

test('a turn is taken once, and kept while nothing is undecided', () => {
  const turn = new Turn(DELAY)
  turn.look(0, 1_000)
  expect(turn.look(0, 2_000)).toBe(false)
  expect(turn.look(null, 3_000)).toBe(false)
  expect(turn.isMine).toBe(true)
})

test('no turn is taken where all is decided', () => {
  const turn = new Turn(DELAY)
  expect(turn.look(null, 100_000)).toBe(false)
  expect(turn.isMine).toBe(false)
})

test('a turn ends with the first event of another guardian, and is taken again only the delay after the last', () => {
  const turn = new Turn(DELAY)
  turn.look(0, 1_000)
  turn.yield(1_100)
  expect(turn.isMine).toBe(false)
  turn.yield(1_200)
  expect(turn.look(900, 1_449)).toBe(false)
  expect(turn.look(900, 1_450)).toBe(true)
})
