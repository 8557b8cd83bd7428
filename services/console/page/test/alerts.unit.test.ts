import { expect, test } from 'vitest'
import { alertInWords, type Channel, channelInWords, whoseInWords } from '../src/views/alerts/alerts.ts'

test.each([
  ['breach:max_daily_loss', 'max_daily_loss is broken'],
  ['uncomputable:max_drawdown', 'max_drawdown cannot be computed'],
  ['silent', 'the bot is silent'],
  ['fault:persister', 'a fault: persister'],
  ['of-tomorrow', 'of-tomorrow'],
])('the alert %s is "%s"', (key, words) => {
  expect(alertInWords({ key })).toBe(words)
})

const WELL: Channel = { name: 'phone', kind: 'ntfy', state: 'ok', reason: null, lastSentAt: null, waiting: 0 }

test.each<[Partial<Channel>, string]>([
  [{}, 'takes messages'],
  [{ waiting: 1 }, 'takes messages; 1 waits'],
  [{ state: 'untried' }, 'nothing was sent yet'],
  [
    { state: 'failing', reason: 'HTTP 503', waiting: 2 },
    'takes nothing now: HTTP 503; 2 wait; it is tried again by itself',
  ],
  [{ state: 'shut-out', reason: 'HTTP 401' }, 'refuses us: HTTP 401; renew its secret or its address'],
])('a channel that is %o says "%s"', (more, words) => {
  expect(channelInWords({ ...WELL, ...more })).toBe(words)
})

test('a fault is of Drawbridge itself', () => {
  expect(whoseInWords(':system')).toBe('Drawbridge')
  expect(whoseInWords('bot1')).toBe('bot1')
})
