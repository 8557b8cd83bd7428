import { describe, expect, test } from 'vitest'
import { failureOfError, failureOfStatus, retryAfterMs } from '../src/core/known-errors.ts'
import { waitAfter } from '../src/core/remedies.ts'

test.each([
  [401, 'refused'],
  [403, 'refused'],
  [404, 'unusable'],
  [408, 'temporary'],
  [418, 'rate-limited'],
  [422, 'unusable'],
  [429, 'rate-limited'],
  [500, 'temporary'],
  [502, 'temporary'],
  [503, 'temporary'],
])('an answer of %i is %s', (status, kind) => {
  expect(failureOfStatus(status, null, 'told')).toMatchObject({
    kind,
    status,
    reason: expect.stringContaining(': told'),
  })
})

const coded = (code: string) => Object.assign(new Error('failed'), { code })

test.each([
  [
    'a refused connection',
    new TypeError('fetch failed', { cause: coded('ECONNREFUSED') }),
    'temporary',
    'is it running?',
  ],
  ['several at once', new AggregateError([coded('ETIMEDOUT')]), 'temporary', 'does not answer'],
  ['an unknown certificate', coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'refused', 'NODE_EXTRA_CA_CERTS'],
  ['no time left', new DOMException('timed out', 'TimeoutError'), 'temporary', 'does not answer in time'],
  [
    'what nobody knows',
    new TypeError('fetch failed', { cause: Object.assign(new Error('bad thing'), { code: 'EODD' }) }),
    'temporary',
    'fetch failed: bad thing (EODD)',
  ],
  ['a bug', new TypeError('x is not a function'), 'temporary', 'x is not a function'],
  ['no error at all', 'oops', 'temporary', 'oops'],
])('%s is told in words', (_what, error, kind, words) => {
  expect(failureOfError(error)).toMatchObject({ kind, reason: expect.stringContaining(words) })
})

test.each([
  ['3', 3_000],
  ['0.5', 500],
  ['Thu, 01 Jan 1970 00:00:10 GMT', 9_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', null],
  ['-1', null],
  ['', null],
])('Retry-After: %s is %s ms', (header, ms) => {
  expect(retryAfterMs(header, 1_000)).toBe(ms)
})

describe('the wait after a failure', () => {
  const temporary = { kind: 'temporary', reason: '' } as const
  const limited = (ms: number | null) => ({ kind: 'rate-limited', retryAfterMs: ms, reason: '' }) as const

  test('doubles with each failure in a row, up to a bound', () => {
    expect([1, 2, 3, 10, 1_000].map((failures) => waitAfter(temporary, failures, 0, 'read'))).toEqual([
      1_000, 2_000, 4_000, 60_000, 60_000,
    ])
  })

  test('is shortened by up to a quarter, so that many do not come back together', () => {
    expect(waitAfter(temporary, 1, 1, 'read')).toBe(750)
  })

  test('is never less than the other side asks for, and never more than an hour', () => {
    expect(waitAfter(limited(90_000), 1, 1, 'read')).toBe(90_000)
    expect(waitAfter(limited(null), 1, 0, 'read')).toBe(5_000)
    expect(waitAfter(limited(99_999_999_000), 1, 0, 'read')).toBe(3_600_000)
  })

  test('is a minute at most where entries have to be blocked, however long the other side asks for', () => {
    expect(waitAfter(limited(30_000), 1, 1, 'control')).toBe(30_000)
    expect(waitAfter(limited(99_999_999_000), 1, 0, 'control')).toBe(60_000)
    expect(waitAfter(limited(null), 1_000, 0, 'control')).toBe(60_000)
  })
})
