import type {
  BlockedPeriod,
  Drawdown,
  EquityChart,
  Extent,
  Mark,
  TraderAt,
  TradingDay,
} from '@drawbridge/history/reads'
import type { LimitRoom } from '../../../src/core/room-left.ts'
import type { TimeSpan } from './time-span.ts'

/** What the routes of the history answer; see `services/console/src/routes/history-routes.ts`. */
export type EquityAnswer = EquityChart & Extent
export interface BlockedAnswer {
  readonly periods: readonly BlockedPeriod[]
  readonly count: number
  readonly more: boolean
  readonly blockedMs: number
}
export interface MarksAnswer {
  readonly marks: readonly Mark[]
  readonly more: readonly string[]
}
export interface DaysAnswer {
  readonly days: readonly TradingDay[]
  readonly more: boolean
}
export interface DrawdownsAnswer {
  readonly drawdowns: readonly Drawdown[]
}
export interface FleetAtAnswer {
  readonly traders: readonly TraderThen[]
  readonly next: string | null
}
export type TraderThen = Omit<TraderAt, 'limits'> & { readonly limits: readonly LimitRoom[] }
export type ExtentAnswer = Extent | { readonly begins: null; readonly ends: null }

/** @param span null: all that the history has */
export function historyPath(
  trader: string,
  what: 'equity' | 'blocked' | 'marks' | 'days' | 'drawdowns' | 'events.csv',
  span: TimeSpan | null,
  more: Readonly<Record<string, string>> = {},
): string {
  const of = span === null ? {} : { from: toText(span.from), until: toText(span.until) }
  const search = new URLSearchParams({ ...of, ...more }).toString()
  return `/api/history/traders/${encodeURIComponent(trader)}/${what}${search === '' ? '' : `?${search}`}`
}

export function toText(at: number): string {
  return new Date(Math.round(at)).toISOString()
}
