import { expect, test } from 'vitest'
import { versionDamage } from '../src/inbound/followed-gate.ts'
import { Decisions } from './decisions.ts'

const decisions = new Decisions('bot1')
const [first, second, third] = [1000, 1001, 1002].map((equity) => decisions.tick(equity).state)

test('a log that brings what was known, or more, is whole', () => {
  if (second === undefined || third === undefined) throw new Error('no decisions')
  expect(versionDamage('bot1', second, second)).toBeNull()
  expect(versionDamage('bot1', second, third)).toBeNull()
})

test('a log that brings an older version as the newest is damaged', () => {
  if (first === undefined || second === undefined) throw new Error('no decisions')
  expect(versionDamage('bot1', second, first)).toEqual({ kind: 'version', trader: 'bot1', version: 1, known: 2 })
})

test('a log that brings nothing of a trader that was known is damaged', () => {
  if (first === undefined) throw new Error('no decisions')
  expect(versionDamage('bot1', first, null)).toEqual({ kind: 'version', trader: 'bot1', version: 0, known: 1 })
})

test('a log that brings the same version of another input is damaged', () => {
  if (first === undefined) throw new Error('no decisions')
  const other = { ...first, inputSeq: first.inputSeq + 1 }
  expect(versionDamage('bot1', first, other)).toMatchObject({ kind: 'version', version: 1, known: 1 })
})

test('nothing is expected of an unknown log', () => {
  if (first === undefined) throw new Error('no decisions')
  expect(versionDamage('bot1', null, first)).toBeNull()
  expect(versionDamage('bot1', null, null)).toBeNull()
})
