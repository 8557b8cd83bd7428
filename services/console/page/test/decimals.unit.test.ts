import { expect, test } from 'vitest'
import { sumOf } from '../src/formats/decimals.ts'

test.each([
  [['0.1', '0.2'], '0.3'],
  [['999999999999999.99999999', '0.00000001'], '1000000000000000'],
  [['-5.5', '5.5'], '0'],
  [['-0.00000001', '-1'], '-1.00000001'],
  [[], '0'],
])('amounts %j are exactly %s together', (amounts, sum) => {
  expect(sumOf(amounts)).toBe(sum)
})
