import { type Notice, type Round, type Telling, tellingId } from '@drawbridge/contracts'
import { array, assert, constantFrom, integer, property, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EMPTY_BOOK } from '../src/core/alert-book.ts'
import { incidentKey, incidentParts } from '../src/core/incidents.ts'
import { takeNotices } from '../src/core/take-notices.ts'

const breach = (trader: string, version: number, more: Partial<Notice> = {}): Notice => ({
  kind: 'breach',
  severity: 'critical',
  trader,
  version,
  part: 'breach-0',
  at: 0,
  facts: { rule: 'daily', enforced: true },
  ...more,
})
const telling = (trader: string, version: number, round: Round['kind'], alert: string | null = 'breach:daily') =>
  ({
    channel: 'pager',
    notice: breach(trader, version),
    round: round === 'first' || round === 'resolved' ? { kind: round } : { kind: round, count: 1, step: 1 },
    alert,
    decidedAt: 0,
  }) as Telling

/** Each message, by what it tells. */
const shown = (tellings: readonly Telling[], room = 60) =>
  incidentParts(tellings, room).map((part) =>
    part.tellings.map((one) => `${incidentKey(one) ?? 'plain'} ${one.round.kind}`).join(', '),
  )

describe('a digest for PagerDuty', () => {
  test('tells the last state of each alert', () => {
    expect(
      shown([
        telling('bot1', 1, 'first'),
        telling('bot1', 1, 'repeated'),
        telling('bot2', 1, 'repeated'),
        telling('bot2', 2, 'resolved'),
        telling('bot3', 2, 'resolved'),
        telling('bot3', 3, 'first'),
      ]),
    ).toEqual(['bot1:breach:daily repeated', 'bot3:breach:daily first', 'bot2:breach:daily resolved'])
  })

  test('tells what began and ended meanwhile, and ends it', () => {
    expect(shown([telling('bot1', 1, 'first'), telling('bot1', 2, 'resolved')])).toEqual([
      'bot1:breach:daily first',
      'bot1:breach:daily resolved',
    ])
  })

  test('has one message for all alerts that have no room, the worst first, and one for each end', () => {
    const goesOn = ['bot1', 'bot2', 'bot3', 'bot4'].map((trader) => telling(trader, 1, 'first'))
    const mild = { ...telling('bot0', 1, 'first'), notice: breach('bot0', 1, { severity: 'warning' }) }
    const ends = Array.from({ length: 50 }, (_, index) => telling(`over${index}`, 2, 'resolved'))
    const all = shown([mild, ...ends, ...goesOn, telling('bot5', 1, 'first', null)], 3)
    expect(all.slice(0, 3)).toEqual([
      'bot1:breach:daily first',
      'bot2:breach:daily first',
      'bot3:breach:daily first, bot4:breach:daily first, bot0:breach:daily first, plain first',
    ])
    expect(all.slice(3)).toEqual(ends.map((end) => `${incidentKey(end)} resolved`))
  })

  test('ends both incidents where one resume ends two limits', () => {
    const surroundings = {
      now: 0,
      rules: {
        routes: [{ traders: null, tags: null, severity: 'warning', kinds: null, to: ['pager'], escalate: [] }],
        quietHours: null,
        zone: 'UTC',
        repeatMinutes: [],
      },
      silences: [],
      tags: [],
    } as const
    const notices = ['daily', 'drawdown'].map((rule) =>
      breach('bot1', 1, { part: `breach-${rule}`, facts: { rule, enforced: true } }),
    )
    const { book } = takeNotices(EMPTY_BOOK, { version: 1, notices, goesOn: () => true }, surroundings)
    const resumed = breach('bot1', 2, { kind: 'resumed', severity: 'info', part: 'resumed-0', facts: {} })
    const over = takeNotices(book, { version: 2, notices: [resumed], goesOn: () => false }, surroundings)
    expect(over.tellings).toHaveLength(1)
    expect(shown(over.tellings)).toEqual(['bot1:breach:daily resolved', 'bot1:breach:drawdown resolved'])
  })

  test('completes each notice once, ends what is over, and calls people no more often than there is room', () => {
    const one = record({
      trader: constantFrom('bot1', 'bot2', 'bot3'),
      alert: constantFrom('breach:a', 'breach:b', null),
      round: constantFrom('first' as const, 'repeated' as const, 'resolved' as const),
    })
    assert(
      property(array(one, { maxLength: 40 }), integer({ min: 1, max: 60 }), (all, room) => {
        const tellings = all.map(({ trader, alert, round }, version) =>
          telling(trader, version, alert === null ? 'first' : round, alert),
        )
        const parts = incidentParts(tellings, room)
        const completed = parts.flatMap(({ completes }) => completes)
        expect(completed.map(tellingId).toSorted()).toEqual(tellings.map(tellingId).toSorted())
        expect(parts.filter(({ isFree }) => !isFree).length).toBeLessThanOrEqual(Math.min(room, 20))

        const goesOn = new Map<string | null, boolean>()
        for (const { tellings: told } of parts)
          for (const state of told) goesOn.set(incidentKey(state), state.round.kind !== 'resolved')
        goesOn.delete(null)
        const truth = new Map(
          tellings
            .filter(({ alert }) => alert !== null)
            .map((state) => [incidentKey(state), state.round.kind !== 'resolved']),
        )
        expect(goesOn).toEqual(truth)
      }),
      { numRuns: 500 },
    )
  })
})
