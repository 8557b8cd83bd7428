import { describe, expect, test } from 'vitest'
import {
  isSame,
  lastOf,
  moved,
  SPAN_MIN_MS,
  spanInQuery,
  wholeOf,
  widthOf,
  within,
  zoomed,
} from '../src/history/time-span.ts'

const DAY_MS = 86_400_000
const whole = { from: 0, until: 7_300 * DAY_MS }

describe('a span of time', () => {
  test('is zoomed around the place that is pointed at', () => {
    const span = { from: 1_000 * DAY_MS, until: 2_000 * DAY_MS }
    const closer = zoomed(span, 1_250 * DAY_MS, 0.5, whole)
    expect(widthOf(closer)).toBe(500 * DAY_MS)
    expect((1_250 * DAY_MS - closer.from) / widthOf(closer)).toBeCloseTo(0.25, 6)
  })

  test('goes from 20 years to a minute, and no closer', () => {
    let span = whole
    for (let turn = 0; turn < 100; turn += 1) span = zoomed(span, 5 * DAY_MS, 0.7, whole)
    expect(widthOf(span)).toBe(SPAN_MIN_MS)
    expect(span.from).toBeLessThanOrEqual(5 * DAY_MS)
    expect(span.until).toBeGreaterThanOrEqual(5 * DAY_MS)
    for (let turn = 0; turn < 100; turn += 1) span = zoomed(span, 5 * DAY_MS, 1.5, whole)
    expect(span).toEqual(whole)
  })

  test.each([
    [-5, 0],
    [5, 6_300 * DAY_MS],
  ])('that is moved by %d of its width stays in the whole', (share, from) => {
    const span = { from: 3_000 * DAY_MS, until: 4_000 * DAY_MS }
    expect(moved(span, share, whole)).toEqual({ from, until: from + 1_000 * DAY_MS })
  })

  test('moves by a share of its width', () => {
    const span = { from: 1_000 * DAY_MS, until: 1_010 * DAY_MS }
    expect(moved(span, 0.1, whole)).toEqual({ from: 1_001 * DAY_MS, until: 1_011 * DAY_MS })
  })

  test('of the last days ends where the whole ends', () => {
    expect(lastOf(whole, DAY_MS)).toEqual({ from: 7_299 * DAY_MS, until: 7_300 * DAY_MS })
    expect(lastOf(whole, 2 * widthOf(whole))).toEqual(whole)
  })

  test('of one event is a minute that has it', () => {
    const at = Date.parse('2026-03-12T20:00:00Z')
    const all = wholeOf(at, at)
    expect(widthOf(all)).toBe(SPAN_MIN_MS)
    expect(all.until).toBe(at + 1)
    expect(within({ from: at, until: at + 1 }, all)).toEqual(all)
  })

  test('is read from an address, and nothing else is', () => {
    const read = (search: string) => spanInQuery(new URLSearchParams(search))
    expect(read('from=2008-10-09T00:00:00Z&until=2008-10-10T00:00:00Z')).toEqual({
      from: Date.UTC(2008, 9, 9),
      until: Date.UTC(2008, 9, 10),
    })
    for (const search of ['', 'from=2008-10-09', 'from=x&until=y', 'from=2008-10-10&until=2008-10-09']) {
      expect(read(search)).toBeNull()
    }
    expect(isSame({ from: 1, until: 2 }, { from: 1, until: 3 })).toBe(false)
  })
})
