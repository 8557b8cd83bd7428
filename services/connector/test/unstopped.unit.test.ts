import { expect, test } from 'vitest'
import { unstoppedInWords } from '../src/core/unstopped.ts'

const connector = (name: string, trader: string, canBlock: boolean | null) => ({ name, trader, canBlock })

test('a trader whose only connector cannot block is told, with what its bot has to do', () => {
  expect(unstoppedInWords([connector('x', 'bot1', false)])).toEqual([
    'no connector stops entries of bot1: "x" only reads and cannot block entries there, so its bot has to ask before each one',
  ])
})

test.each([
  ['it can', [connector('x', 'bot1', true)]],
  ['another one can', [connector('x', 'bot1', false), connector('y', 'bot1', true)]],
  ['it is not asked to', [connector('x', 'bot1', null)]],
])('nothing is told where %s', (_why, connectors) => {
  expect(unstoppedInWords(connectors)).toEqual([])
})

test('a connector of another trader stops nothing', () => {
  expect(unstoppedInWords([connector('x', 'bot1', false), connector('y', 'bot2', true)])).toHaveLength(1)
})
