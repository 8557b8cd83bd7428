import { loadConfig, PRESETS } from '@drawbridge/settings'
import { callProgram } from '@drawbridge/testing'
import { describe, expect, test } from 'vitest'
import { presets } from '../presets.ts'

const call = (...args: string[]) => callProgram((context) => presets.run(args, context))

async function json<T>(...args: string[]): Promise<T> {
  const { code, stdout } = await call(...args, '--json')
  expect(code).toBe(0)
  return JSON.parse(stdout) as T
}

interface Shown {
  readonly name: string
  readonly balance: string
  readonly limits: object
  readonly lines: readonly { readonly limit: string; readonly line: string | null; readonly words: readonly string[] }[]
}

test('the presets are listed, each with its firm', async () => {
  const { stdout } = await call()
  for (const name of PRESETS.names) expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'))
  const { presets: listed } = await json<{ presets: readonly { name: string }[] }>()
  expect(listed.map(({ name }) => name)).toEqual(PRESETS.names)
})

test('one is told in words, with its floors, its long form, its sources and what it does not cover', async () => {
  const { code, stdout } = await call('topstep-50k')
  expect(code).toBe(0)
  for (const part of [
    'topstep-50k: Topstep Trading Combine, 50K',
    "    It is broken when equity is 2000 or more below the highest balance at a day's end.",
    '    Its floor rises to the initial balance, and no higher.',
    '  A day begins at 17:00, America/Chicago.',
    'thu 17:00-fri 15:10, America/Chicago. Outside of them entries are blocked, and silence is not judged.',
    'For an account that begins with 50000',
    '  max_loss        48000  2000  48000',
    '    "initial_balance": "50000",',
    'Does not cover',
    'Where sources conflict',
    'https://help.topstep.com/en/articles/8284204-what-is-the-maximum-loss-limit (read 2026-11-30)',
    "Firms change their rules; the firm's own count holds.",
  ]) {
    expect(
      stdout.split('\n').some((line) => line.includes(part)),
      part,
    ).toBe(true)
  }
})

describe('the floors', () => {
  test.each([
    [['topstep-50k'], '50000', { max_loss: '48000', max_daily_loss: '49000' }],
    [['ftmo-2-step', '--balance', '20000'], '20000', { max_loss: '18000', max_daily_loss: '19000' }],
    [['metaapi-trackers', '--balance', '1000'], '1000', { lifetime_drawdown: '900', day_profit: '1050' }],
  ])('of %j are those that the engine draws', async (args, balance, floors) => {
    const shown = await json<Shown>(...args)
    expect(shown.balance).toBe(balance)
    expect(Object.fromEntries(shown.lines.map(({ limit, line }) => [limit, line]))).toMatchObject(floors)
  })

  test.each(PRESETS.names)('of %s are known for each of its limits', async (name) => {
    const { lines } = await json<Shown>(name)
    expect(lines.length).toBeGreaterThan(0)
    for (const { line, words } of lines) {
      expect(line).toMatch(/^\d/)
      expect(words.length).toBeGreaterThan(2)
    }
  })
})

test('the long form is what the preset comes to in config.json', async () => {
  const { limits } = await json<Shown>('topstep-50k')
  const load = (bot1: object) => loadConfig({}, JSON.stringify({ traders: { bot1 } }), {}, PRESETS)
  expect(load({ limits })).toEqual(load({ preset: 'topstep-50k' }))
})

test.each([
  [['topstp-50k'], 'there is no preset "topstp-50k", did you mean "topstep-50k"?'],
  [['ftmo-2-step', '--balance', 'much'], '--balance must be a decimal like "10250.50", got "much"'],
  [['ftmo-2-step', '--balance', '0'], '--balance must be above 0, got 0'],
  [['topstep-50k', '--balance', '100000'], 'preset "topstep-50k" is for an account of 50000: its limits are amounts'],
  [['a', 'b'], 'unexpected "b"'],
])('%j is refused with what is wrong', async (args, message) => {
  await expect(call(...args)).rejects.toThrow(message)
})
