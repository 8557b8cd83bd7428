import { expect, test } from 'vitest'
import { eventSubjects } from '../src/core/event-filter.ts'

test.each([
  [undefined, undefined, ['risk.>']],
  ['bot1', undefined, ['risk.*.bot1']],
  ['bot1,bot2', undefined, ['risk.*.bot1', 'risk.*.bot2']],
  ['bot1,bot1', undefined, ['risk.*.bot1']],
  [undefined, 'breach', ['risk.breach.*']],
  [undefined, 'breach,flags', ['risk.breach.*', 'risk.config.flags']],
  ['bot1,bot2', 'breach,paused', ['risk.breach.bot1', 'risk.paused.bot1', 'risk.breach.bot2', 'risk.paused.bot2']],
])('traders %s and types %s are the subjects %j', (traders, types, subjects) => {
  expect(eventSubjects(traders, types)).toEqual({ ok: true, value: subjects })
})

test.each([
  ['a.b', undefined, /^trader id "a\.b" must be/],
  ['*', undefined, /^trader id "\*" must be/],
  ['', undefined, /^trader id "" must be/],
  ['flags', undefined, /is reserved/],
  [undefined, '>', /^type must be one of breach, .*, got ">"/],
  [undefined, 'settled', /^type must be one of/],
  ['bot1', 'flags', /^type must be one of/],
  [Array.from({ length: 101 }, (_, index) => `bot${index}`).join(','), undefined, /may be 100 at most, got 101/],
])('traders %s and types %s are refused', (traders, types, reason) => {
  expect(eventSubjects(traders, types)).toEqual({ ok: false, reason: expect.stringMatching(reason) })
})
