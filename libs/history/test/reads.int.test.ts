import { formatInstant } from '@drawbridge/contracts'
import { randomOfTest } from '@drawbridge/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HistoryRow } from '../src/index.ts'
import {
  type EventRow,
  readBlockedPeriods,
  readDrawdowns,
  readEquity,
  readEventPage,
  readExtent,
  readMarks,
  readStatesAt,
  readTradingDays,
  type Span,
} from '../src/reads.ts'
import { HistoryScene } from './history-scene.ts'
import { randomAccount } from './random-account.ts'

const DAY_MS = 86_400_000
const BEGINS = Date.parse('2026-03-02T00:00:00Z')

let scene: HistoryScene
let rows: readonly HistoryRow[]
const random = randomOfTest('reads of the history')
beforeAll(async () => {
  scene = await HistoryScene.open()
  rows = randomAccount(random, 'bot1', BEGINS, 1_500)
  await scene.store(rows)
  await scene.store(randomAccount(random, 'bot2', BEGINS, 300))
})
afterAll(() => scene.close())

const at = (row: HistoryRow): number => Date.parse(row.effective_at)
const amount = (text: string | null): number | null => (text === null ? null : Number(text))
const whole = (): Span => ({ trader: 'bot1', from: BEGINS, until: at(last(rows)) + 1 })
const within = ({ from, until }: Span) => rows.filter((row) => at(row) >= from && at(row) < until)
const codeOf = (row: HistoryRow): string => row.decision_code ?? 'ok'

function last<T>(list: readonly T[]): T {
  return list.at(-1) ?? expect.fail('the list is empty')
}

/** Spans of all widths, which begin and end anywhere. */
function spans(): readonly Span[] {
  const all = whole()
  const some = Array.from({ length: 10 }, () => {
    const from = random.between(all.from - DAY_MS, all.until)
    return { trader: 'bot1', from, until: from + random.pick([60_000, 3_600_000, DAY_MS, 5 * DAY_MS, 30 * DAY_MS]) }
  })
  return [all, ...some]
}

describe('a chart of equity', () => {
  test('keeps the first, lowest, highest and last equity and what the engine said last, in each of its buckets', async () => {
    for (const span of spans()) {
      for (const points of [7, 200]) {
        const chart = await scene.read((select) => readEquity(select, span, points))
        expect(chart).toEqual(
          plainChart(
            span,
            points,
            chart.limits.map(({ measure, name }) => `${measure} ${name}`),
          ),
        )
      }
    }
  })

  test('has at most one point more than asked for, and those beside the span', async () => {
    for (const points of [1, 2, 50, 333]) {
      const chart = await scene.read((select) => readEquity(select, whole(), points))
      expect(chart.at.length).toBeLessThanOrEqual(points + 3)
      expect(chart.events.reduce((sum, count) => sum + count, 0)).toBe(
        rows.filter(({ current_equity }) => current_equity !== null).length,
      )
    }
  })

  test('has every event of a narrow span as a point of its own', async () => {
    const some = rows.slice(500, 520)
    const span = { trader: 'bot1', from: at(some[0] ?? last(rows)), until: at(last(some)) + 1 }
    const chart = await scene.read((select) => readEquity(select, span, 5_000))
    const shown = within(span)
    const distinct = [...new Map(shown.map((row) => [row.effective_at, row])).values()]
    expect(chart.version.slice(1, -1)).toEqual(distinct.map(({ version }) => version))
    expect(chart.limits.map(({ name }) => name)).toEqual(['max_daily_loss', 'max_drawdown', 'target'])
  })

  test('says nothing of a trader that there is none of', async () => {
    const chart = await scene.read((select) => readEquity(select, { ...whole(), trader: 'nobody' }, 10))
    expect(chart).toMatchObject({ at: [], last: [], limits: [] })
  })

  test('is the same from what TimescaleDB keeps of minutes, hours and days', async () => {
    await scene.pool.query(AGGREGATES)
    try {
      const sources = new Set<string>()
      for (const points of [4, 20, 100, 1_000]) {
        const span = { trader: 'bot1', from: BEGINS, until: BEGINS + 16 * DAY_MS }
        const chart = await scene.read((select) => readEquity(select, span, points))
        sources.add(chart.source)
        const { events, version, first, low, high, last: close, peak, drawdownPct, limits } = chart
        const names = limits.map(({ measure, name }) => `${measure} ${name}`)
        const {
          source: _source,
          at: _at,
          widthMs: _width,
          ...plain
        } = plainChart(span, (span.until - span.from) / chart.widthMs, names)
        expect({ events, version, first, low, high, last: close, peak, drawdownPct, limits }).toEqual(plain)
      }
      expect([...sources].sort()).toEqual(['days', 'hours', 'minutes'])
    } finally {
      await scene.pool.query(
        'DROP VIEW risk_equity_1m_parts; DROP VIEW risk_equity_1h_parts; DROP VIEW risk_equity_1d_parts',
      )
    }
  })
})

/** The aggregates as views, with the same columns: this server may have no TimescaleDB. */
const AGGREGATES = [
  ['1m', '1 minute', '1 hour'],
  ['1h', '1 hour', '1 hour'],
  ['1d', '1 day', '1 day'],
]
  .map(
    ([name, width, recorded]) => `
  CREATE VIEW risk_equity_${name}_parts AS SELECT trader_id,
    date_bin(INTERVAL '${recorded}', recorded_at, TIMESTAMPTZ '2000-01-01 00:00:00+00') AS recorded,
    date_bin(INTERVAL '${width}', effective_at, TIMESTAMPTZ '2000-01-01 00:00:00+00') AS bucket,
    min(ARRAY[version::numeric, current_equity]) AS open, max(current_equity) AS high, min(current_equity) AS low,
    max(ARRAY[version::numeric, current_equity]) AS close, max(drawdown_pct) AS drawdown_pct_max, count(*) AS events
  FROM risk_state_history WHERE current_equity IS NOT NULL GROUP BY 1, 2, 3;`,
  )
  .join('\n')

/** The same chart, worked out here. */
function plainChart(span: Span, points: number, names: readonly string[]) {
  const widthMs = Math.ceil(Math.max(1, (span.until - span.from) / points))
  const origin = Date.parse('2000-01-01T00:00:00Z')
  const known = rows.filter(({ current_equity }) => current_equity !== null)
  const buckets = new Map<number, HistoryRow[]>()
  for (const row of known.filter((one) => at(one) >= span.from && at(one) < span.until)) {
    const bucket = Math.floor((at(row) - origin) / widthMs)
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), row])
  }
  const before = known.filter((row) => at(row) < span.from).slice(-1)
  const after = known.filter((row) => at(row) >= span.until)
  const next = after.slice(0, 1)
  const groups = [before, ...buckets.values(), next].filter((group) => group.length > 0)
  const of = <T>(pick: (group: HistoryRow[]) => T): T[] => groups.map((group) => pick(group as HistoryRow[]))
  const equities = (group: readonly HistoryRow[]) => group.map(({ current_equity }) => Number(current_equity))
  const limitOf = (row: HistoryRow, key: string) =>
    (JSON.parse(row.limit_states ?? '[]') as Limit[]).find(({ measure = 'loss', name }) => `${measure} ${name}` === key)
  return {
    source: 'events',
    widthMs,
    at: of((group) => Math.min(...group.map(at))),
    events: of((group) => group.length),
    version: of((group) => last(group).version),
    first: of((group) => equities(group)[0]),
    low: of((group) => Math.min(...equities(group))),
    high: of((group) => Math.max(...equities(group))),
    last: of((group) => last(equities(group))),
    peak: of((group) => amount(last(group).peak_equity)),
    drawdownPct: of((group) => Math.max(...group.map((row) => Number(row.drawdown_pct)))),
    limits: names.map((key) => ({
      name: key.split(' ')[1],
      measure: key.split(' ')[0],
      line: of((group) => amount(limitOf(last(group), key)?.line ?? null)),
      reference: of((group) => amount(limitOf(last(group), key)?.reference ?? null)),
      blocksAt: of((group) => {
        const limit = limitOf(last(group), key)
        return limit?.blocks === false ? null : amount(limit?.blocksAt ?? limit?.line ?? null)
      }),
    })),
  }
}

interface Limit {
  readonly name: string
  readonly measure?: string
  readonly line: string | null
  readonly reference: string | null
  readonly blocks?: false
  readonly blocksAt?: string | null
}

interface PlainPeriod {
  readonly since: number
  readonly until: number | null
  readonly code: string
  readonly row: HistoryRow
}

/** Times that entries waited, of the events of a span and the last one before it. */
function plainPeriods(span: Span): readonly PlainPeriod[] {
  const before = rows.filter((row) => at(row) < span.from).slice(-1)
  const seen = [...before, ...within(span)]
  const changes = seen.filter((row, index) => index === 0 || codeOf(row) !== codeOf(seen[index - 1] ?? row))
  return changes
    .map((row, index) => {
      const next = changes[index + 1]
      return { since: at(row), until: next === undefined ? null : at(next), code: codeOf(row), row }
    })
    .filter(({ code }) => code !== 'ok')
}

describe('blocked periods', () => {
  test('are the times between events that block for one reason and those that do not', async () => {
    for (const span of spans()) {
      const { periods, count, blockedMs } = await scene.read((select) => readBlockedPeriods(select, span, 10_000))
      const plain = plainPeriods(span)
      expect(periods).toEqual(
        plain.map(({ since, until, code, row }) => ({
          from: since < span.from ? null : since,
          until,
          code,
          holders: holdersOf(row),
          reason: row.reason,
          version: row.version,
        })),
      )
      const lasts = plain.map(({ since, until }) => (until ?? span.until) - Math.max(since, span.from))
      expect(blockedMs).toBeCloseTo(
        lasts.reduce((sum, one) => sum + Math.max(0, one), 0),
        3,
      )
      expect(count).toBe(plain.length)
    }
  })

  test('are the longest where there are too many, and all are counted', async () => {
    const all = await scene.read((select) => readBlockedPeriods(select, whole(), 10_000))
    const few = await scene.read((select) => readBlockedPeriods(select, whole(), 3))
    expect(all.count).toBeGreaterThan(20)
    expect(few).toMatchObject({ count: all.count, blockedMs: all.blockedMs })
    const lasting = (period: { from: number | null; until: number | null }) =>
      (period.until ?? whole().until) - (period.from ?? whole().from)
    const longest = all.periods.map(lasting).sort((a, b) => b - a)
    expect(few.periods.map(lasting).sort((a, b) => b - a)).toEqual(longest.slice(0, 3))
  })
})

function holdersOf(row: HistoryRow): readonly string[] {
  const detail = JSON.parse(row.detail ?? '{}') as { pause?: { holds: { holder: string }[] } | null }
  return (detail.pause?.holds ?? []).map(({ holder }) => holder)
}

interface PlainFact {
  readonly kind: string
  readonly rule?: string
  readonly amount?: string
  readonly equity?: string
}

interface PlainMark {
  readonly version: number
  readonly kind: string
  readonly rule: string | null
}

describe('marks', () => {
  const plainMarks = (span: Span) =>
    within(span).flatMap((row) => {
      const { facts = [] } = JSON.parse(row.detail ?? '{}') as { facts?: PlainFact[] }
      return facts
        .filter(({ kind }) => ['breached', 'warned', 'cash-flow', 'reading-unconfirmed'].includes(kind))
        .map(({ kind, rule = null, amount: money, equity }) => {
          return { at: at(row), version: row.version, kind, rule, amount: money ?? equity ?? null }
        })
    })

  test('are the facts of these kinds, in the order of time', async () => {
    for (const span of spans()) {
      const { marks, more } = await scene.read((select) => readMarks(select, span, 10_000))
      const told = marks.map(({ at: time, version, kind, rule, amount: money }) => {
        return { at: time, version, kind, rule, amount: money }
      })
      const order = (a: PlainMark, b: PlainMark) =>
        a.version - b.version || a.kind.localeCompare(b.kind) || String(a.rule).localeCompare(String(b.rule))
      expect(told.sort(order)).toEqual(plainMarks(span).sort(order))
      expect(more).toEqual([])
    }
    expect(new Set(plainMarks(whole()).map(({ kind }) => kind)).size).toBe(4)
  })

  test('are the newest of each kind where there are too many, and the kinds are named', async () => {
    const { marks, more } = await scene.read((select) => readMarks(select, whole(), 2))
    const all = plainMarks(whole())
    const newest = (kind: string) =>
      all
        .filter((mark) => mark.kind === kind)
        .slice(-2)
        .map(({ version }) => version)
    for (const kind of ['cash-flow', 'reading-unconfirmed']) {
      expect(marks.filter((mark) => mark.kind === kind).map(({ version }) => version)).toEqual(newest(kind))
    }
    const many = ['breached', 'warned', 'cash-flow', 'reading-unconfirmed'].filter(
      (kind) => all.filter((mark) => mark.kind === kind).length > 2,
    )
    expect([...more].sort()).toEqual(many.sort())
  })
})

test('trading days have what they began and ended with, the worst of them, and how long entries waited', async () => {
  const span = whole()
  const { days, more } = await scene.read((select) => readTradingDays(select, span, 10_000))
  const byDay = new Map<string, HistoryRow[]>()
  for (const row of rows) {
    if (row.last_reset_time === null || Date.parse(row.last_reset_time) < span.from) continue
    byDay.set(row.last_reset_time, [...(byDay.get(row.last_reset_time) ?? []), row])
  }
  const plain = [...byDay].map(([day, events]) => {
    const known = events.flatMap(({ current_equity }) => (current_equity === null ? [] : [Number(current_equity)]))
    const blocked = events
      .filter((row) => codeOf(row) !== 'ok')
      .map((row) => Math.min(at(rows[rows.indexOf(row) + 1] ?? last(rows)), Date.now()) - at(row))
    return {
      day: Date.parse(day),
      close: last(events).current_equity,
      low: known.length === 0 ? null : Math.min(...known),
      high: known.length === 0 ? null : Math.max(...known),
      drawdownPct: Math.max(...events.map((row) => Number(row.drawdown_pct))),
      breaches: events.filter((row) => row.event_type === 'breach').length,
      firstVersion: events[0]?.version,
      lastVersion: last(events).version,
      blockedSeconds: blocked.reduce((sum, one) => sum + one, 0) / 1000,
    }
  })
  const lastDay = plain.length - 1
  expect(more).toBe(false)
  expect(
    days.map(({ low, high, drawdownPct, open: _open, pnl: _pnl, cashFlow: _flow, ...day }) => {
      return { ...day, low: amount(low), high: amount(high), drawdownPct: amount(drawdownPct) }
    }),
  ).toEqual(
    plain.map((day, index) => ({
      ...day,
      // Entries that still wait do so until now, which the test does not know.
      blockedSeconds: index === lastDay ? expect.any(Number) : expect.closeTo(day.blockedSeconds, 3),
    })),
  )
  const view = await scene.pool.query(
    `SELECT start_equity::text AS open, trim_scale(daily_pnl)::text AS pnl, trim_scale(cash_flow)::text AS "cashFlow"
     FROM risk_daily_pnl WHERE trader_id = 'bot1' ORDER BY last_reset_time`,
  )
  expect(days.map(({ open, pnl, cashFlow }) => ({ open, pnl, cashFlow }))).toEqual(view.rows)
})

test('of too many trading days the newest are told', async () => {
  const all = await scene.read((select) => readTradingDays(select, whole(), 10_000))
  const few = await scene.read((select) => readTradingDays(select, whole(), 3))
  expect(few).toEqual({ days: all.days.slice(-3), more: true })
})

test('the deepest drawdowns go from a peak to the next one', async () => {
  for (const span of spans().slice(0, 8)) {
    const seen = within(span).filter((row) => row.drawdown_pct !== null)
    const episodes: HistoryRow[][] = []
    for (const row of seen) {
      const open = episodes.at(-1)
      if (open === undefined || Number(row.drawdown_pct) === 0) episodes.push([row])
      else open.push(row)
    }
    const plain = episodes
      .map((events, index) => {
        const depth = Math.max(...events.map((row) => Number(row.drawdown_pct)))
        const trough = events.find((row) => Number(row.drawdown_pct) === depth)
        const falling = events.find((row) => Number(row.drawdown_pct) > 0)
        const next = episodes[index + 1]?.[0]
        return {
          depth,
          from: falling === undefined ? 0 : at(falling),
          troughAt: trough === undefined ? 0 : at(trough),
          until: next === undefined ? null : at(next),
          trough: trough?.current_equity,
        }
      })
      .filter(({ depth }) => depth > 0)
      .sort((a, b) => b.depth - a.depth)
      .slice(0, 10)
    const found = await scene.read((select) => readDrawdowns(select, span, 10))
    expect(
      found.map(({ from, troughAt, until, trough, drawdownPct }) => {
        return { depth: Number(drawdownPct), from, troughAt, until, trough }
      }),
    ).toEqual(plain)
  }
})

test('the fleet at an instant is told by pages, each trader as its last event by then said', async () => {
  for (const row of [random.pick(rows), random.pick(rows), last(rows)]) {
    const instant = at(row)
    const first = await scene.read((select) => readStatesAt(select, instant, '', 1))
    const second = await scene.read((select) => readStatesAt(select, instant, first.next ?? '', 1))
    expect([first.next, second.next]).toEqual(['bot1', null])
    const bot1 = last(rows.filter((one) => at(one) <= instant))
    const status = bot1.trading_paused ? 'paused' : codeOf(bot1) === 'ok' ? 'allowed' : 'blocked'
    const { current_equity: equity, peak_equity: peak, version, reason } = bot1
    expect(first.traders).toMatchObject([
      { trader: 'bot1', version, at: at(bot1), equity, peak, reason, status, code: codeOf(bot1) },
    ])
    const limits = JSON.parse(bot1.limit_states ?? '[]') as Limit[]
    expect(first.traders[0]?.limits.map(({ name, line }) => [name, line]).sort()).toEqual(
      limits.map(({ name, line }) => [name, line]).sort(),
    )
    expect(second.traders.map(({ trader }) => trader)).toEqual(['bot2'])
  }
})

test('nobody had a state before its first event', async () => {
  expect(await scene.read((select) => readStatesAt(select, BEGINS - DAY_MS, '', 10))).toEqual({
    traders: [],
    next: null,
  })
})

test('events come by pages without a gap, also where many are of one instant', async () => {
  const found: string[] = []
  let page: readonly EventRow[]
  let after: EventRow | null = null
  do {
    const before: EventRow | null = after
    page = await scene.read((select) => readEventPage(select, whole(), before, 97))
    found.push(...page.map(({ version, effective_at }) => `${version} ${effective_at}`))
    after = page.at(-1) ?? null
  } while (page.length === 97)
  expect(found).toEqual(rows.map(({ version, effective_at }) => `${version} ${effective_at}`))
})

test('the history begins and ends with its events', async () => {
  expect(await scene.read((select) => readExtent(select, 'bot1'))).toEqual({
    begins: at(rows[0] ?? last(rows)),
    ends: at(last(rows)),
  })
  expect(await scene.read((select) => readExtent(select, 'nobody'))).toBeNull()
  const fleet = await scene.read((select) => readExtent(select, null))
  expect(formatInstant(fleet?.ends ?? 0)).toBe(last(rows).effective_at)
})
