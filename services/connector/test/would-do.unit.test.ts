import { expect, test } from 'vitest'
import type { Wanted } from '../src/core/wanted.ts'
import { wouldDo } from '../src/core/would-do.ts'

const OPEN: Wanted = { kind: 'open' }
const blocked = (flatten: boolean): Wanted => {
  return { kind: 'blocked', code: 'limit', request: { reason: 'a loss', until: null }, flatten }
}
const ALL = { stopsEntries: true, closes: true, mayClose: true }

test.each([
  ['entries are allowed', OPEN, {}, 'unblock', null],
  ['a block is wanted', blocked(false), {}, 'block', null],
  ['a close is wanted', blocked(true), {}, 'block and close positions', null],
  ['a close is wanted that is not allowed', blocked(true), { mayClose: false }, 'block', /"may_close" is not set/],
  ['a close is wanted that the adapter cannot do', blocked(true), { closes: false }, 'block', /this adapter cannot/],
  ['it only reads and entries are allowed', OPEN, { stopsEntries: false }, 'nothing', null],
  ['it only reads', blocked(false), { stopsEntries: false }, 'nothing', /^block entries, as it only reads$/],
  ['it can only close', blocked(true), { stopsEntries: false }, 'close positions', /^block entries/],
] as const)(
  'where %s, a dry run says what would be done and what could not',
  (_what, wanted, abilities, does, cannot) => {
    expect(wouldDo(wanted, { ...ALL, ...abilities })).toEqual({
      does,
      cannot: cannot === null ? null : expect.stringMatching(cannot),
    })
  },
)
