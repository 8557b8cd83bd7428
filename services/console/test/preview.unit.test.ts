import { BUILT_IN_CONFIGURATION } from '@drawbridge/risk-engine'
import { expect, test } from 'vitest'
import { traderCommand } from '../src/core/command.ts'
import { previewOf } from '../src/core/preview.ts'
import { Account } from './account.ts'

const BY = { by: 'ann', isAdmin: false, key: null }

function preview(kind: 'pause' | 'resume' | 'limits' | 'cash-flow', body: object, ticks: readonly number[] = []) {
  const account = Account.with({}, 1000)
  let newest = account.tick(1000)
  for (const equity of ticks) newest = account.tick(equity)
  const command = traderCommand(kind, 'bot1', { ...body }, BY)
  if (!command.ok) throw new Error(command.reason)
  const told = previewOf(kind, 'bot1', command.value, newest, BUILT_IN_CONFIGURATION, newest.recordedAt + 1)
  if (!told.ok) throw new Error(told.reason)
  return { ...told.value, newest }
}

test('a pause would block entries', () => {
  expect(preview('pause', { reason: 'news' })).toMatchObject({
    refused: null,
    before: { allowed: true },
    after: { allowed: false, code: 'operator', holders: ['operator:ann'] },
  })
})

test('what the guardian would refuse is said with its reason', () => {
  expect(preview('resume', { reason: 'x' })).toMatchObject({
    refused: expect.stringMatching(/.+/),
    before: { allowed: true },
  })
})

test('a limit that is tightened above the last reading would block at once', () => {
  const { after, distances } = preview('limits', { max_drawdown: 1 }, [985])
  expect(after).toMatchObject({ allowed: false, code: 'limit' })
  expect(distances.find(({ rule }) => rule === 'max_drawdown')?.room).toBeLessThanOrEqual(0n)
})

test('nothing of it is kept: the state that it is judged by stays as it was', () => {
  const { newest } = preview('pause', { reason: 'news' })
  expect(newest.state.pause).toBeNull()
})

test('it is said in the words of the event that would be stored', () => {
  expect(preview('cash-flow', { amount: '250', reason: 'deposit' }).words).toMatch(/^A deposit of 250 \(ann/)
})
