import type { Telling } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import type { Outgoing } from '../src/channels/channel.ts'
import type { Attempt } from '../src/core/retry.ts'
import { LeftRecipients, type PartlySent } from '../src/left-recipients.ts'

const partly = (id: string, left: readonly string[], notices = 1): PartlySent => ({
  outgoing: { id } as Outgoing,
  waiting: Array.from({ length: notices }, (_, index) => ({
    telling: {} as Telling,
    id: `${id}-${index}`,
    delivered: { ack: () => undefined } as never,
  })),
  attempts: 1,
  result: { kind: 'sent', id, left },
})

/** Recipients of a server that answers as told. */
function leftWith(...answers: readonly Attempt[]) {
  const state = { now: 0, isTooOld: false }
  const tries: { readonly at: number; readonly id: string; readonly only: readonly string[] | undefined }[] = []
  const finished: PartlySent[] = []
  const left = new LeftRecipients({
    send: async ({ id, only }) => {
      tries.push({ at: state.now, id, only })
      return answers[tries.length - 1] ?? { kind: 'sent', id }
    },
    isTooOld: () => state.isTooOld,
    finish: async (sent) => void finished.push(sent),
    now: () => state.now,
  })
  const pass = async (toMs: number) => {
    for (; state.now < toMs; state.now += 500) await left.tryDue(new AbortController().signal)
  }
  return { left, state, tries, finished, pass }
}

test('those who are refused for now are tried again later and later, alone, until all have it', async () => {
  const { left, tries, finished, pass } = leftWith(
    { kind: 'sent', id: 'a', left: ['carl'] },
    { kind: 'failed', reason: 'SMTP 451', afterMs: null, maybeSent: false },
  )
  await left.add(partly('a', ['bob', 'carl']))
  await pass(60_000)
  expect(tries).toEqual([
    { at: 1_000, id: 'a', only: ['bob', 'carl'] },
    { at: 3_000, id: 'a', only: ['carl'] },
    { at: 7_000, id: 'a', only: ['carl'] },
  ])
  expect(finished).toMatchObject([{ attempts: 4, result: { kind: 'sent', left: [] } }])
  expect(finished[0]?.result).not.toHaveProperty('missed')
})

test('one who is refused for ever is not tried again, and counted', async () => {
  const { left, tries, finished, pass } = leftWith({ kind: 'refused', reason: 'SMTP 550' })
  await left.add(partly('a', ['bob']))
  await pass(60_000)
  expect(tries).toHaveLength(1)
  expect(finished).toMatchObject([{ result: { missed: 'recipients who never took it: 1' } }])
})

test('nobody is tried for longer than a message says something', async () => {
  const later = { kind: 'failed', reason: 'SMTP 451', afterMs: null, maybeSent: false } as const
  const { left, state, finished, pass } = leftWith(later, later)
  await left.add(partly('a', ['bob']))
  await pass(2_000)
  expect(finished).toEqual([])
  state.isTooOld = true
  await pass(10_000)
  expect(finished).toMatchObject([{ result: { missed: 'recipients who never took it: 1' } }])
})

test('of too many messages the oldest is given up', async () => {
  const { left, finished } = leftWith()
  await left.add(partly('a', ['bob'], 600))
  await left.add(partly('b', ['bob'], 600))
  expect(finished.map(({ outgoing }) => outgoing.id)).toEqual(['a'])
})

test('a notice that is delivered again goes to nobody else, and is acknowledged as it came last', async () => {
  const { left, finished, pass } = leftWith()
  await left.add(partly('a', ['bob']))
  const again = { telling: {} as Telling, id: 'a-0', delivered: { seq: 7 } as never }
  expect(left.has({ ...again, id: 'b-0' })).toBe(false)
  expect(left.has(again)).toBe(true)
  await pass(2_000)
  expect(finished[0]?.waiting).toEqual([again])
})
