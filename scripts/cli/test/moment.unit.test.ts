import { expect, test } from 'vitest'
import { momentOf } from '../moment.ts'

const NOW = Date.UTC(2026, 2, 12, 14)

test.each([
  ['90m', 'after', '2026-03-12T15:30:00.000Z'],
  ['90m', 'before', '2026-03-12T12:30:00.000Z'],
  ['45s', 'after', '2026-03-12T14:00:45.000Z'],
  ['8h', 'after', '2026-03-12T22:00:00.000Z'],
  ['2d', 'before', '2026-03-10T14:00:00.000Z'],
  ['2026-03-12T20:00:00+01:00', 'before', '2026-03-12T19:00:00.000Z'],
] as const)('%s, %s now, is %s', (written, direction, moment) => {
  expect(momentOf('--since', written, direction, NOW)).toBe(moment)
})

test.each(['', '90', 'm', '-5m', '1.5h', 'yesterday', '2026-03-12T20:00:00', '9999999d'])(
  '"%s" is no moment',
  (written) => {
    expect(() => momentOf('--since', written, 'before', NOW)).toThrow(
      '--since must be a duration like 90m, 8h or 2d, or a time with a zone',
    )
  },
)
