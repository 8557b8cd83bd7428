import { encodeRiskEvent, NO_DOUBT, type RiskEvent } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION } from '@drawbridge/risk-engine'
import { histories, type Step } from '@drawbridge/testing/engine'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  eventOfRow,
  type NewestRow,
  type StoredDetail,
  type StoredLimitStates,
  type StoredUndo,
} from '../src/core/event-of-row.ts'
import { historyRow } from '../src/core/history-row.ts'
import { type Beside, eventsOf, type Judged, type Made } from './made-events.ts'

/** Few runs and counts, so that many ticks are late, sent twice, or of a run that is over; a run of 7 cannot be read. */
const besides: fc.Arbitrary<readonly Beside[]> = fc.array(
  fc.record(
    {
      seq: fc.integer({ min: 0, max: 12 }),
      run: fc.constantFrom(null, 'a', 'a', 'b', 'c', 7),
      currency: fc.constantFrom('USD', 'USD', 'EUR'),
    },
    { requiredKeys: [] },
  ),
  { minLength: 24, maxLength: 24 },
)

/** As the database gives it back: its fields in another order. */
function fromJsonb(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJsonb)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([name, field]) => [name, fromJsonb(field)]))
}

const documentOf = <Document>(text: string | null) => (text === null ? null : (fromJsonb(JSON.parse(text)) as Document))

/** The newest row of each stage of a history, as it is read from the tables. */
function newestRows(events: readonly RiskEvent[], forget: (detail: StoredDetail) => StoredDetail): NewestRow[] {
  let detailBefore: StoredDetail | null = null
  return events.map((event, index) => {
    const { detail: said, limit_states, undo: undone, ...row } = historyRow(event, index + 7, null)
    const whole = documentOf<StoredDetail>(said)
    const detail = whole === null ? null : forget(whole)
    const limitStates = documentOf<StoredLimitStates>(limit_states)
    const undo = documentOf<StoredUndo>(undone)
    const firstInputSeq = events[0]?.state.inputSeq ?? null
    const newest: NewestRow = { row, detail, limitStates, undo, detailBefore, firstInputSeq }
    detailBefore = detail ?? detailBefore
    return newest
  })
}

/**
 * A history in which the rules before 6 decide as those of today: they know two limits, measure from what the columns say,
 * believe each reading, and no flows.
 */
function ofOlderRules({ config, steps }: Judged): Judged {
  const { reset_time = '00:00', reset_time_zone = 'UTC', time_base = 'server', enforcement = true } = config
  const given = { reset_time, reset_time_zone, time_base, enforcement, warn_at_percent: 100, loosen_after_minutes: 0 }
  const rules = {
    max_daily_loss: 5,
    max_drawdown: 10,
    daily_loss_of: 'equity-at-reset',
    first_day: 'first-reading',
  } as const
  const plain = { confirm_jump: null, stale_after_seconds: null, initial_balance: null, limits: [] }
  return { config: { ...given, ...rules, ...plain }, steps: steps.filter(isOfOlderRules) }
}

function isOfOlderRules(one: Step): boolean {
  if ('command' in one) return ['pause', 'flags'].includes(one.command.kind)
  if (!('equity' in one)) return true
  return (
    one.closed === undefined && one.net_deposits === undefined && one.currency === undefined && one.seq === undefined
  )
}

/** As version 1 made it, and as it reads today. */
function madeByVersion1({ event, configuration }: Made): Made {
  const unknown = { enforced: true, limitStates: [], limitsKey: '', doubt: NO_DOUBT, undo: null, days: null }
  const state = { ...event.state, ...unknown, warned: [], lastTickAt: null }
  return { event: { ...event, rulesVersion: 1, budget: null, state }, configuration }
}

const text = (event: RiskEvent) => new TextDecoder().decode(encodeRiskEvent(event))

function recovered(rows: readonly NewestRow[], made: readonly Made[]): RiskEvent[] {
  return rows.map((newest, index) => {
    const event = eventOfRow(newest, made[index]?.configuration ?? BUILT_IN_CONFIGURATION)
    if (!event.ok) throw new Error(`${event.reason}: ${JSON.stringify(newest)}`)
    return event.value
  })
}

/** The first event that its row does not give back, and what it gives instead; null: all are as they were. */
function differenceOf(made: readonly Made[], forget = (detail: StoredDetail): StoredDetail => detail): unknown {
  const rows = newestRows(
    made.map(({ event }) => event),
    forget,
  )
  for (const [index, event] of recovered(rows, made).entries()) {
    const original = made[index]?.event ?? event
    if (text(event) !== text(original)) return { event: text(original), row: text(event) }
  }
  return null
}

describe('the event of a row', () => {
  it('is the one that the row was made from, byte for byte', () => {
    fc.assert(
      fc.property(histories(), (history) => {
        expect(differenceOf(eventsOf(history))).toBeNull()
      }),
      { numRuns: 300 },
    )
  })

  it('is that as well where the bot counts its ticks, begins other runs and names a currency', () => {
    fc.assert(
      fc.property(histories(), besides, (history, beside) => {
        expect(differenceOf(eventsOf(history, beside))).toBeNull()
      }),
      { numRuns: 300 },
    )
  })

  it('of rules version 1, whose rows know nothing of lines, warnings and silence, is the one that was made', () => {
    const before = ({ lastTickAt: _, pendingLimits: __, ...detail }: StoredDetail): StoredDetail => detail
    fc.assert(
      fc.property(histories().map(ofOlderRules), (history) => {
        const today = eventsOf(history)
        // It ended a pause when enforcement was switched off.
        fc.pre(today.every(({ event: { state } }) => state.enforced || state.pause === null))
        expect(differenceOf(today.map(madeByVersion1), before)).toBeNull()
      }),
      { numRuns: 300 },
    )
  })

  it('of an older persister differs in nothing but the time of a trader that no rule has looked at since', () => {
    const older = ({ firstInputSeq: _, time: __, ...detail }: StoredDetail): StoredDetail => detail
    fc.assert(
      fc.property(histories(), (history) => {
        const made = eventsOf(history)
        const events = made.map(({ event }) => event)
        const read = recovered(newestRows(events, older), made)
        for (const [index, event] of events.entries()) {
          const own = read[index]?.state.time ?? null
          expect(own === event.state.time || own === event.effectiveAt).toBe(true)
          const same = { ...event, state: { ...event.state, time: own } }
          expect(read[index] === undefined ? '' : text(read[index])).toBe(text(same))
        }
      }),
      { numRuns: 300 },
    )
  })
})
