import { expect, test } from 'vitest'
import { connectorInWords } from '../src/views/health/connectors.tsx'

const WELL = {
  connector: 'bot1',
  adapter: 'freqtrade',
  trader: 'bot1',
  isCurrent: true,
  reads: true,
  acts: true,
  dryRun: false,
  wanted: 'open',
  stands: 'open',
  reading: null,
  faults: [],
} as const

test.each([
  ['allows entries', {}, 'entries are allowed there'],
  ['blocks them', { wanted: 'blocked', stands: 'blocked' }, 'entries are blocked there'],
  ['is about to block', { wanted: 'blocked', stands: null }, 'is blocking entries there'],
  ['only reads', { acts: false }, 'reads; the bot asks for itself'],
  [
    'cannot block',
    { acts: false, canBlock: false },
    'only reads, and nothing stops its entries: the bot has to ask before each one',
  ],
  ['only says what it would do', { dryRun: true }, 'a dry run: it only says in its log what it would do'],
  ['is gone', { isCurrent: false }, 'is not heard any more: start the connector service, or see its log'],
  [
    'cannot work',
    { faults: [{ task: 'block', reason: 'it answers 403', advice: 'see the key' }] },
    'cannot block: it answers 403; see the key',
  ],
  [
    'runs in two processes',
    { faults: [{ task: 'run-alone', reason: '2 processes run it', advice: 'stop one' }] },
    'cannot run alone: 2 processes run it; stop one',
  ],
] as const)('a connector that %s says so, with what mends it', (_what, more, words) => {
  expect(connectorInWords({ ...WELL, ...more })).toBe(words)
})

test('a connector that cannot block says nothing of it where another one of the account blocks', () => {
  const reader = { ...WELL, acts: false, canBlock: false }
  expect(connectorInWords(reader, [reader, { ...WELL, connector: 'other' }])).toBe('reads; the bot asks for itself')
  expect(connectorInWords(reader, [reader, { ...WELL, trader: 'bot2' }])).toContain('nothing stops its entries')
})
