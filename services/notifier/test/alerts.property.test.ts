import { type Notice, type Route, type Silence, type Telling, tellingId } from '@drawbridge/contracts'
import { array, assert, boolean, constantFrom, integer, oneof, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { acknowledge } from '../src/core/acknowledge.ts'
import { type AlertBook, EMPTY_BOOK } from '../src/core/alert-book.ts'
import type { Surroundings } from '../src/core/alert-rules.ts'
import { nextDue, passTime } from '../src/core/pass-time.ts'
import { isQuiet } from '../src/core/quiet-hours.ts'
import { type Happened, takeNotices } from '../src/core/take-notices.ts'

const MINUTE = 60_000
const RULES = ['daily', 'drawdown'] as const

const route = (more: Partial<Route>): Route => ({
  traders: null,
  tags: null,
  severity: 'warning',
  kinds: null,
  to: ['chat'],
  escalate: [
    { afterMinutes: 10, to: ['pager'] },
    { afterMinutes: 30, to: ['chief', 'chat'] },
  ],
  ...more,
})
const EVERYBODY = ['chat', 'chief', 'pager']

type Step =
  | {
      readonly kind: 'breach' | 'resolve' | 'acknowledge' | 'silence'
      readonly rule: (typeof RULES)[number]
      readonly minutes: number
    }
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'warn' }

const steps = array(
  oneof(
    record({
      kind: constantFrom('breach' as const, 'resolve' as const, 'acknowledge' as const, 'silence' as const),
      rule: constantFrom(...RULES),
      minutes: integer({ min: 1, max: 90 }),
    }),
    record({ kind: constantFrom('wait' as const), minutes: integer({ min: 0, max: 200 }) }),
    record({ kind: constantFrom('warn' as const) }),
  ),
  { maxLength: 60 },
)

/** Everything that is remembered of a trader, and everything that was told. */
class World {
  book: AlertBook = EMPTY_BOOK
  now = Date.UTC(2026, 0, 1)
  version = 0
  silences: Silence[] = []
  readonly broken = new Set<string>()
  readonly told: Telling[] = []
  readonly quietHours: boolean

  constructor(quietHours: boolean) {
    this.quietHours = quietHours
  }

  get surroundings(): Surroundings {
    return {
      now: this.now,
      rules: {
        routes: [route({})],
        quietHours: this.quietHours ? { from: 22 * 60, until: 7 * 60 } : null,
        zone: 'UTC',
        repeatMinutes: [5, 15, 60],
      },
      silences: this.silences,
      tags: [],
    }
  }

  take(step: Step): void {
    switch (step.kind) {
      case 'breach':
        this.broken.add(step.rule)
        this.#happen([this.#notice('breach', step.rule, 'critical')])
        return
      case 'resolve':
        if (this.broken.delete(step.rule)) this.#happen([this.#notice('resumed', step.rule, 'info')])
        return
      case 'warn':
        this.#happen([this.#notice('warning', 'daily', 'warning')])
        return
      case 'acknowledge': {
        const before = this.book
        this.book = acknowledge(before, { key: `breach:${step.rule}` }, { by: 'ann', at: this.now }).book
        return
      }
      case 'silence':
        this.silences.push({
          id: String(this.silences.length),
          trader: 'bot1',
          kind: null,
          until: this.now + step.minutes * MINUTE,
          reason: 'r',
          by: 'ann',
        })
        this.look()
        return
      case 'wait':
        this.wait(step.minutes * MINUTE)
        return
      default:
        step satisfies never
    }
  }

  /** As the service does each second. */
  look(): void {
    const { book, tellings } = passTime(this.book, this.surroundings)
    this.book = book
    this.told.push(...tellings)
  }

  /** Lets time pass as the service does: whatever is due is told when it is due. */
  wait(ms: number): void {
    const end = this.now + ms
    for (let guard = 0; guard < 10_000; guard += 1) {
      const due = nextDue(this.book, this.surroundings)
      if (due === null || due > end) break
      this.now = Math.max(this.now, due)
      const { book, tellings } = passTime(this.book, this.surroundings)
      expect(book === this.book && due > this.now, 'what is due changes something').toBe(false)
      if (book === this.book) this.now += 1
      this.book = book
      this.told.push(...tellings)
    }
    this.now = end
  }

  #happen(notices: readonly Notice[]): void {
    this.version += 1
    const open = new Set([...this.broken].map((rule) => `breach:${rule}`))
    const happened: Happened = { version: this.version, notices, goesOn: (key) => open.has(key) }
    const { book, tellings } = takeNotices(this.book, happened, this.surroundings)
    expect(takeNotices(book, happened, this.surroundings), 'an event that comes again changes nothing').toEqual({
      book,
      tellings: [],
    })
    this.book = book
    this.told.push(...tellings)
  }

  #notice(kind: Notice['kind'], rule: string, severity: Notice['severity']): Notice {
    const facts = { rule, enforced: true }
    return { kind, severity, trader: 'bot1', version: this.version + 1, part: `${kind}-0`, at: this.now, facts }
  }
}

test('whatever happens, nothing is told twice, and what is silenced or acknowledged is not told', () => {
  assert(
    property(steps, boolean(), (all, quietHours) => {
      const world = new World(quietHours)
      for (const step of all) {
        const before = world.told.length
        const from = world.now
        const silencedUntil = Math.max(0, ...world.silences.map(({ until }) => until))
        const acknowledged = new Set(
          world.book.alerts.flatMap(({ key, acknowledged: by }) => (by === null ? [] : [key])),
        )
        world.take(step)
        for (const telling of world.told.slice(before)) {
          // That an alert is over is told in any case.
          if (telling.round.kind !== 'resolved')
            expect(telling.decidedAt).toBeGreaterThanOrEqual(Math.max(from, silencedUntil))
          if (telling.round.kind === 'repeated' || telling.round.kind === 'escalated') {
            const wasSilenced = telling.decidedAt >= silencedUntil && silencedUntil > from
            if (!wasSilenced) expect(acknowledged.has(telling.alert ?? '')).toBe(false)
          }
        }
      }
      const ids = world.told.map(tellingId)
      expect(new Set(ids).size).toBe(ids.length)
    }),
    { numRuns: 500 },
  )
})

test('an alert that nobody acknowledges reaches everybody of its routes, and is repeated less and less often', () => {
  assert(
    property(steps, boolean(), (all, quietHours) => {
      const world = new World(quietHours)
      for (const step of all) world.take(step)
      const open = world.book.alerts.filter((alert) => alert.acknowledged === null)
      // Until every silence has ended, and all steps are due after that.
      world.wait(90 * MINUTE + 31 * MINUTE)
      const since = world.told.length
      world.wait(24 * 60 * MINUTE)
      for (const { key, notice } of open) {
        const ofAlert = world.told.filter((one) => one.alert === key && one.notice.version === notice.version)
        expect([...new Set(ofAlert.map(({ channel }) => channel))].toSorted()).toEqual(EVERYBODY)
        const times = world.told
          .slice(since)
          .filter((one) => one.alert === key && one.channel === 'chat' && one.round.kind === 'repeated')
        const gaps = times.slice(1).map(({ decidedAt }, index) => decidedAt - (times[index]?.decidedAt ?? 0))
        expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
        expect(gaps.at(-1)).toBe(60 * MINUTE)
      }
    }),
    { numRuns: 300 },
  )
})

test('in quiet hours only what is critical is told, at once; the rest once they are over, once', () => {
  assert(
    property(steps, (all) => {
      const world = new World(true)
      const warnings = new Set<number>()
      for (const step of all) {
        const before = world.told.length
        world.take(step)
        const isSilenced = world.silences.some(({ until }) => until > world.now)
        const fresh = world.told.slice(before)
        if (step.kind === 'breach' && !isSilenced) {
          expect(fresh.map(({ channel, round }) => `${channel} ${round.kind}`)).toContain('chat first')
        }
        if (step.kind === 'warn' && !isSilenced) warnings.add(world.version)
      }
      world.silences = []
      world.wait(24 * 60 * MINUTE)
      for (const { notice, round, decidedAt } of world.told) {
        if (notice.severity === 'critical' || round.kind === 'resolved') continue
        expect(isQuiet(decidedAt, { from: 22 * 60, until: 7 * 60 }, 'UTC'), `${notice.kind} is told later`).toBe(false)
      }
      const told = world.told.filter(({ notice }) => notice.kind === 'warning').map(({ notice }) => notice.version)
      expect(new Set(told).size).toBe(told.length)
      expect(told.filter((version) => !warnings.has(version))).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('what goes on when a silence ends is told then, as firing again to those who knew of it', () => {
  assert(
    property(steps, (all) => {
      const world = new World(false)
      for (const step of all) world.take(step)
      // Longer than any other.
      world.take({ kind: 'silence', rule: 'daily', minutes: 91 })
      const knew = new Map(world.book.alerts.map(({ key, steps: count }) => [key, count > 0]))
      const since = world.told.length
      world.wait(91 * MINUTE - 1)
      expect(world.told.slice(since)).toEqual([])
      world.wait(1)
      const again = world.told
        .slice(since)
        .filter(({ channel, decidedAt }) => channel === 'chat' && decidedAt === world.now)
      expect(new Map(again.map(({ alert, round }) => [alert, round.kind === 'again']))).toEqual(knew)
    }),
    { numRuns: 300 },
  )
})

test('that an alert is over is told to everybody who was told of it, and to nobody else', () => {
  assert(
    property(steps, boolean(), (all, quietHours) => {
      const world = new World(quietHours)
      for (const step of all) world.take(step)
      for (const rule of RULES) world.take({ kind: 'resolve', rule, minutes: 1 })
      const heard = new Map<string, Set<string>>()
      for (const { alert, channel, round } of world.told) {
        if (alert === null) continue
        const channels = heard.get(alert) ?? new Set()
        heard.set(alert, channels)
        if (round.kind !== 'resolved') channels.add(channel)
        else expect(channels.delete(channel), `${channel} had heard of ${alert}`).toBe(true)
      }
      for (const [alert, channels] of heard) expect([...channels], `not told that ${alert} is over`).toEqual([])
    }),
    { numRuns: 500 },
  )
})

test('nothing is due before it is due', () => {
  assert(
    property(steps, integer({ min: 1, max: 100 }), (all, part) => {
      const world = new World(true)
      for (const step of all) {
        world.take(step)
        const due = nextDue(world.book, world.surroundings)
        if (due !== null && due <= world.now) continue
        const early =
          due === null
            ? world.now + 30 * 24 * 60 * MINUTE
            : world.now + Math.floor(((due - world.now - 1) * part) / 100)
        // A silence that ends by then is due, too.
        if (due === null && world.silences.some(({ until }) => until > world.now)) continue
        expect(passTime(world.book, { ...world.surroundings, now: early }).tellings).toEqual([])
      }
    }),
    { numRuns: 300 },
  )
})
