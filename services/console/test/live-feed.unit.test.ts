import { encodeRiskEvent } from '@drawbridge/contracts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Fleet } from '../src/core/fleet.ts'
import { LiveFeed, type LiveListener } from '../src/outbound/live-feed.ts'
import { Account } from './account.ts'

/** A page that takes so many messages before it is full. */
class Page implements LiveListener {
  readonly messages: { readonly kind: string; readonly data: unknown }[] = []
  room: number
  isCut = false
  #drained: () => void = () => undefined

  constructor(room = Number.POSITIVE_INFINITY) {
    this.room = room
  }

  get writableNeedDrain(): boolean {
    return this.room <= 0
  }

  write(bytes: Uint8Array): boolean {
    const text = new TextDecoder().decode(bytes)
    for (const part of text.split('\n\n').filter((one) => one.startsWith('event: '))) {
      const [head = '', data = ''] = part.split('\n')
      this.messages.push({ kind: head.slice(7), data: JSON.parse(data.slice(6)) })
    }
    this.room -= 1
    return this.room > 0
  }

  once(event: 'drain' | 'close', listener: () => void): void {
    if (event === 'drain') this.#drained = listener
  }

  drain(room: number): void {
    this.room = room
    this.#drained()
  }

  destroy(): void {
    this.isCut = true
  }

  /** The equities that were sent, by trader, the last ones. */
  get equities(): Record<string, string | null> {
    const rows = this.messages
      .filter(({ kind }) => kind === 'traders')
      .flatMap(({ data }) => data as { id: string; equity: string }[])
    return Object.fromEntries(rows.map(({ id, equity }) => [id, equity]))
  }

  count(kind: string): number {
    return this.messages.filter((message) => message.kind === kind).length
  }
}

const account = Account.with({}, 1000)
let fleet: Fleet
let feed: LiveFeed
let seq = 0
let isCurrent = true

beforeEach(() => {
  vi.useFakeTimers()
  isCurrent = true
  fleet = new Fleet()
  feed = new LiveFeed(
    fleet,
    () => ({ accounts: {}, leaseMs: 10_000 }),
    (newest) => ({ now: Date.now(), natsAway: null, isCurrent, newest, guardian: null }),
    { gatherMs: 100, drainWithinMs: 1_000 },
  )
})
afterEach(() => {
  feed.stop()
  vi.useRealTimers()
})

function report(id: string, equity: number): void {
  const data = encodeRiskEvent(account.tick(equity))
  seq += 1
  fleet.apply(id, data)
  feed.onEvent({ seq, log: id, isTrader: true, type: 'assessed', data, traceparent: '', guardian: '' })
}

function open(page: Page): Page {
  feed.add(page)
  return page
}

test('a page gets the fleet as it is, and then each change', () => {
  report('a', 999)
  const page = open(new Page())
  expect(page.messages.map(({ kind }) => kind)).toEqual(['begin', 'pulse', 'traders', 'complete'])
  report('b', 998)
  vi.advanceTimersByTime(100)
  expect(page.equities).toEqual({ a: '999', b: '998' })
})

test('many changes of a trader within the time of gathering are one message with the last', () => {
  const page = open(new Page())
  for (let equity = 999; equity > 900; equity -= 1) report('a', equity)
  vi.advanceTimersByTime(100)
  expect([page.count('traders'), page.equities]).toEqual([1, { a: '901' }])
})

test('a fleet that is being read is complete once it is read', () => {
  isCurrent = false
  const page = open(new Page())
  report('a', 999)
  vi.advanceTimersByTime(100)
  expect(page.count('complete')).toBe(0)
  isCurrent = true
  vi.advanceTimersByTime(100)
  expect(page.count('complete')).toBe(1)
})

test('a page that is full is not written to, and gets what it lacks when it takes more', () => {
  const page = open(new Page(2))
  const other = open(new Page())
  for (const [index, id] of ['a', 'b', 'c'].entries()) {
    report(id, 990 - index)
    vi.advanceTimersByTime(100)
  }
  const written = page.messages.length
  vi.advanceTimersByTime(500)
  expect(page.messages.length).toBe(written)
  page.drain(Number.POSITIVE_INFINITY)
  expect(page.equities).toEqual(other.equities)
  report('a', 950)
  vi.advanceTimersByTime(100)
  expect(page.equities).toMatchObject({ a: '950' })
})

test('a page that takes nothing for too long is cut', () => {
  const page = open(new Page(1))
  vi.advanceTimersByTime(1_200)
  expect(page.isCut).toBe(true)
})

test('a new log voids what pages know', () => {
  const page = open(new Page())
  report('a', 999)
  vi.advanceTimersByTime(100)
  fleet.clear()
  feed.onRestart()
  report('b', 998)
  vi.advanceTimersByTime(100)
  const kinds = page.messages.map(({ kind }) => kind)
  const last = page.messages.slice(kinds.lastIndexOf('begin'))
  expect(
    last.flatMap(({ kind, data }) => (kind === 'traders' ? (data as { id: string }[]).map(({ id }) => id) : [])),
  ).toEqual(['b'])
})

test('a pulse comes each second, whatever else does', () => {
  const page = open(new Page())
  vi.advanceTimersByTime(3_000)
  expect(page.count('pulse')).toBe(4)
})

test('a large fleet comes in parts, each trader once', () => {
  const data = encodeRiskEvent(account.tick(999))
  for (let index = 0; index < 1_200; index += 1) {
    fleet.apply(`t${index}`, data)
    feed.onEvent({
      seq: index,
      log: `t${index}`,
      isTrader: true,
      type: 'assessed',
      data,
      traceparent: '',
      guardian: '',
    })
  }
  const page = open(new Page())
  expect([page.count('traders'), Object.keys(page.equities).length]).toEqual([3, 1_200])
})
