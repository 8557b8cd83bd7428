import { describe, expect, test } from 'vitest'
import { damageReason, inputLogDamage, rangesOf, riskLogDamage, type StreamSight } from '../src/log-damage.ts'

function sight(first: number, last: number, messages: number, more: object = {}): StreamSight {
  return { config: {}, state: { first_seq: first, last_seq: last, messages, ...more } }
}

describe('the state of RISK', () => {
  test.each<[string, StreamSight, number]>([
    ['is whole where it is empty', sight(0, 0, 0), 0],
    ['is whole where it is empty and says that it begins with 1', sight(1, 0, 0), 0],
    ['is whole where each sequence has its message', sight(1, 9_000, 9_000), 9_000],
    ['is whole where it has grown since', sight(1, 9_000, 9_000), 8_000],
  ])('%s', (_name, state, known) => {
    expect(riskLogDamage(state, known)).toBeNull()
  })

  test.each<[string, StreamSight, number, object]>([
    [
      'has a hole',
      sight(1, 9_000, 2_286, { num_deleted: 6_714 }),
      0,
      { kind: 'missing', missing: 6_714, lastSeq: 9_000 },
    ],
    ['has a hole that the server does not count', sight(1, 10, 9), 0, { kind: 'missing', missing: 1 }],
    ['has lost its first block', sight(6_739, 9_000, 2_262), 0, { kind: 'missing', missing: 6_738 }],
    ['has lost everything', sight(9_001, 9_000, 0), 0, { kind: 'missing', missing: 9_000 }],
    ['has lost its end', sight(1, 8_995, 8_995), 9_000, { kind: 'ends-early', lastSeq: 8_995, knownSeq: 9_000 }],
    ['is sealed', { ...sight(1, 3, 3), config: { sealed: true } }, 3, { kind: 'sealed' }],
  ])('is damaged where it %s', (_name, state, known, damage) => {
    expect(riskLogDamage(state, known)).toMatchObject({ stream: 'RISK', ...damage })
  })
})

describe('the state of INPUTS', () => {
  test('is whole where its oldest messages have left it, be it all of them', () => {
    expect(inputLogDamage(sight(501, 1_000, 500), 1_000)).toBeNull()
    expect(inputLogDamage(sight(1_001, 1_000, 0), 1_000)).toBeNull()
    expect(inputLogDamage(sight(0, 0, 0))).toBeNull()
  })

  test('is damaged where a message between the first and the last is missing', () => {
    expect(inputLogDamage(sight(501, 1_000, 499))).toMatchObject({ kind: 'missing', stream: 'INPUTS', missing: 1 })
  })

  test('is damaged where it ends before what was settled', () => {
    expect(inputLogDamage(sight(1, 10, 10), 11)).toMatchObject({ kind: 'ends-early', lastSeq: 10, knownSeq: 11 })
  })
})

test('damage is said with its numbers', () => {
  expect(damageReason({ kind: 'missing', stream: 'RISK', missing: 5, lastSeq: 9 })).toMatch(/5 messages of RISK.*at 9/)
  expect(damageReason({ kind: 'ends-early', stream: 'RISK', lastSeq: 5, knownSeq: 9 })).toMatch(/at 5.*9 was known/)
  expect(damageReason({ kind: 'version', trader: 'bot1', version: 4, known: 7 })).toMatch(/bot1 brings version 4.* 7 /)
  expect(damageReason({ kind: 'sealed', stream: 'RISK' })).toMatch(/RISK is sealed/)
})

test('sequences without a gap are one range', () => {
  expect(rangesOf([])).toEqual([])
  expect(rangesOf([3, 4, 5, 9, 11, 12])).toEqual([
    { from: 3, to: 5 },
    { from: 9, to: 9 },
    { from: 11, to: 12 },
  ])
})
