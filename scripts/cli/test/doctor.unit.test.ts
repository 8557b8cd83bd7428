import { streamSettings } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import { examine, ok } from '../doctor/finding.ts'
import { judgeLimits } from '../doctor/limits.ts'
import { checkNode, isAtLeast, judgeSkew } from '../doctor/machine.ts'
import { differingSettings } from '../doctor/streams.ts'

test.each([
  ['2.12.0', '2.12', true],
  ['2.9.30', '2.12', false],
  ['3.0.0', '2.12', true],
  ['v24.21.0', '22.18', true],
  ['v22.17.9', '22.18', false],
  ['18beta1', '15', true],
  ['14.9 (Debian 14.9-1)', '15', false],
])('version %s is at least %s: %s', (version, oldest, is) => {
  expect(isAtLeast(version, oldest)).toBe(is)
})

test('a Node.js that is too old is a fault, with what to do', () => {
  expect(checkNode('v20.1.0')).toMatchObject({ status: 'fault', advice: expect.stringContaining('npm ci') })
  expect(checkNode(process.version)).toMatchObject({ status: 'ok' })
})

test('a ratio for a percentage is a warning, and limits without one are not worth a line', () => {
  const ratio = { limits: { maxDrawdownPct: 5_000_000n }, traders: {} }
  expect(judgeLimits(ratio)).toMatchObject([
    { check: 'limits', status: 'warning', found: expect.stringMatching(/^limits: max_drawdown is 0.05 percent/) },
  ])
  expect(judgeLimits({ limits: { maxDrawdownPct: 500_000_000n }, traders: {} })).toEqual([])
})

test.each([
  [0, 'ok', 'agrees'],
  [-999, 'ok', 'agrees'],
  [1_000, 'warning', 'is 1.0 s ahead of'],
  [-59_999, 'warning', 'behind'],
  [60_000, 'fault', 'is 60.0 s ahead of'],
])('a clock that is %s ms ahead is %s', (skewMs, status, words) => {
  expect(judgeSkew('clock', skewMs)).toMatchObject({ status, found: expect.stringContaining(words) })
})

test('a check that fails or hangs is a fault of its own', async () => {
  expect(await examine(['a', () => Promise.reject(new Error('refused\nat all'))], 10_000)).toMatchObject([
    { check: 'a', status: 'fault', found: 'refused' },
  ])
  expect(await examine(['b', () => new Promise(() => undefined)], 1)).toMatchObject([{ check: 'b', status: 'fault' }])
  expect(await examine(['c', async () => ok('c', 'fine')], 10_000)).toMatchObject([{ check: 'c', status: 'ok' }])
})

test('a stream differs where a setting does, and not where the server tells more of it', () => {
  for (const settings of streamSettings(1)) {
    const asMade = {
      ...settings,
      num_replicas: 3,
      max_msgs: -1,
      republish: { ...settings.republish, headers_only: false },
    }
    expect(differingSettings(settings, asMade)).toEqual([])
    expect(
      differingSettings(settings, { ...asMade, subjects: ['other.>'], deny_delete: !settings.deny_delete }),
    ).toEqual(expect.arrayContaining(['subjects', 'deny_delete']))
  }
})
