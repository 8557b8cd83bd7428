import { expect, test } from 'vitest'
import { flattenedBy } from '../../src/adapters/generic/flattened.ts'

test.each([
  [undefined, { kind: 'flat' }],
  [0, { kind: 'flat' }],
  [2, { kind: 'closing', open: 2 }],
])('an answer that %s positions are open is believed', (open, answer) => {
  expect(flattenedBy(open)).toEqual(answer)
})

test.each([[null], ['2'], [-1], [Number.NaN], [[]], [true]])(
  'an answer that %j positions are open is not taken for none',
  (open) => {
    expect(flattenedBy(open)).toMatchObject({ kind: 'unusable' })
  },
)
