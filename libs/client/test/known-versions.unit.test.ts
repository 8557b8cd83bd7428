import { beforeEach, expect, test } from 'vitest'
import { KnownVersions } from '../src/core/known-versions.ts'
import { Decisions } from './decisions.ts'

let versions: KnownVersions
beforeEach(() => {
  versions = new KnownVersions()
  versions.begin()
})

test('a log that brings what was known, and more, is whole', () => {
  const decisions = new Decisions('bot1')
  const [first, second, third] = [decisions.tick(1000), decisions.tick(1001), decisions.tick(1002)]
  versions.hear(first)
  versions.hear(second)
  expect(versions.damage()).toBeNull()
  versions.begin()
  // The newest of each type: an older one may come, too.
  versions.hear(first)
  versions.hear(third)
  expect(versions.damage()).toBeNull()
})

test('a log that brings an older version as the newest is damaged', () => {
  const decisions = new Decisions('bot1')
  const first = decisions.tick(1000)
  versions.hear(first)
  versions.hear(decisions.tick(1001))
  versions.begin()
  versions.hear(first)
  expect(versions.damage()).toEqual({ kind: 'version', trader: 'bot1', version: 1, known: 2 })
})

test('a log that brings nothing of a trader that was known is damaged', () => {
  versions.hear(new Decisions('bot1').tick(1000))
  versions.begin()
  expect(versions.damage()).toEqual({ kind: 'version', trader: 'bot1', version: 0, known: 1 })
})

test('a log that brings the same version of another input is damaged', () => {
  const event = new Decisions('bot1').tick(1000)
  versions.hear(event)
  versions.begin()
  versions.hear({ ...event, state: { ...event.state, inputSeq: event.state.inputSeq + 1 } })
  expect(versions.damage()).toMatchObject({ kind: 'version', version: 1, known: 1 })
})

test('of another log nothing is expected', () => {
  const decisions = new Decisions('bot1')
  const first = decisions.tick(1000)
  versions.hear(decisions.tick(1001))
  versions.forget()
  versions.hear(first)
  expect(versions.damage()).toBeNull()
})
