import { expect, test } from 'vitest'
import type { EquityAnswer } from '../src/history/answers.ts'
import { columnsOf, curvesOf, drawdownColumns, withLive } from '../src/views/trader/chart/chart-data.ts'
import { spanOfKey } from '../src/views/trader/chart/gestures.ts'
import { chartRows } from '../src/views/trader/chart-rows.ts'

/** Ten points, one a second; the equity of each moves by 1 around what it is told with. */
const answer: EquityAnswer = {
  begins: 0,
  ends: 9_000,
  source: 'events',
  widthMs: 1_000,
  at: Array.from({ length: 10 }, (_, index) => index * 1_000),
  events: Array.from({ length: 10 }, () => 3),
  version: Array.from({ length: 10 }, (_, index) => 3 * index + 3),
  first: Array.from({ length: 10 }, (_, index) => 100 + index),
  low: Array.from({ length: 10 }, (_, index) => 99 + index),
  high: Array.from({ length: 10 }, (_, index) => 102 + index),
  last: Array.from({ length: 10 }, (_, index) => 101 + index),
  peak: Array.from({ length: 10 }, () => 200),
  drawdownPct: Array.from({ length: 10 }, (_, index) => (index === 0 ? null : 50 - index)),
  limits: [
    series('max_drawdown', 'loss', 160, 160),
    series('target', 'profit', 220, 220),
    series('tiered', 'loss', 150, 170),
  ],
}

function series(name: string, measure: 'loss' | 'profit', line: number, blocksAt: number) {
  const same = (value: number) => Array.from({ length: 10 }, () => value)
  return { name, measure, line: same(line), reference: same(200), blocksAt: same(blocksAt) }
}

test('the chart has the peak, and each limit with what it is measured from, and where it blocks before its line', () => {
  const curves = curvesOf(answer)
  expect(curves.map(({ words, kind }) => [words, kind])).toEqual([
    ['Peak', 'peak'],
    ['max_drawdown: floor', 'line'],
    ['max_drawdown: measured from', 'reference'],
    ['target: target', 'line'],
    ['target: measured from', 'reference'],
    ['tiered: floor', 'line'],
    ['tiered: blocks', 'line'],
    ['tiered: measured from', 'reference'],
  ])
  const columns = columnsOf(answer, curves)
  expect(columns).toHaveLength(4 + curves.length)
  expect(columns[0][1]).toBe(1)
  expect(drawdownColumns(answer)[1].slice(0, 2)).toEqual([null, -49])
})

test('points of the feed follow those of the history, each once, and lines go on', () => {
  const point = (version: number, at: number) => ({ version, at, equity: 90, peak: 200, drawdownPct: 55 })
  const live = withLive(answer, [point(29, 8_900), point(30, 9_000), point(31, 10_000), point(32, 11_000)])
  expect(live.version.slice(-3)).toEqual([30, 31, 32])
  expect(live.at.slice(-2)).toEqual([10_000, 11_000])
  expect(live.last.slice(-2)).toEqual([90, 90])
  expect(live.limits[0]?.line.slice(-2)).toEqual([160, 160])
  expect(live.ends).toBe(11_000)
  for (const column of [live.events, live.first, live.low, live.high, live.peak, live.drawdownPct]) {
    expect(column).toHaveLength(12)
  }
  expect(withLive(answer, [point(30, 9_000)])).toBe(answer)
})

test('the table behind the chart keeps lowest, highest and worst of what it puts together', () => {
  const rows = chartRows(answer, { from: 1_000, until: 9_000 }, 3)
  expect(
    rows.map(({ at, events, first, low, high, last, drawdownPct }) => [
      at,
      events,
      first,
      low,
      high,
      last,
      drawdownPct,
    ]),
  ).toEqual([
    [1_000, 9, 101, 100, 105, 104, 49],
    [4_000, 9, 104, 103, 108, 107, 46],
    [7_000, 6, 107, 106, 110, 109, 43],
  ])
  expect(rows[0]?.lines).toEqual([160, 220, 150])
  expect(chartRows(answer, { from: 20_000, until: 30_000 }, 3)).toEqual([])
})

test.each([
  ['+', { from: 11_666_667, until: 18_333_334 }],
  ['-', { from: 7_500_000, until: 22_500_000 }],
  ['ArrowLeft', { from: 9_000_000, until: 19_000_000 }],
  ['ArrowRight', { from: 11_000_000, until: 21_000_000 }],
  ['0', { from: 0, until: 100_000_000 }],
  ['Home', { from: 0, until: 10_000_000 }],
  ['End', { from: 90_000_000, until: 100_000_000 }],
  ['PageDown', { from: 19_000_000, until: 29_000_000 }],
  ['x', null],
])('a key asks for a part of the whole: %s', (key, expected) => {
  expect(spanOfKey(key, { from: 10_000_000, until: 20_000_000 }, { from: 0, until: 100_000_000 })).toEqual(expected)
})
