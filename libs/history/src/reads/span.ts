import { formatInstant, type Instant, type TraderId } from '@drawbridge/contracts'

/** A trader between two instants of the time that the rules used: the first belongs to it, the second does not. */
export interface Span {
  readonly trader: TraderId
  readonly from: Instant
  readonly until: Instant
}

/** The parameters $1, $2 and $3 of statements about a span. */
export function spanValues({ trader, from, until }: Span): readonly [string, string, string] {
  return [trader, formatInstant(from), formatInstant(until)]
}

/** Events of the span by an index. */
export const IN_SPAN = 'trader_id = $1 AND effective_at >= $2 AND effective_at < $3'

/** A time as milliseconds since 1970, which the client reads as a number. */
export function millis(time: string): string {
  return `(extract(epoch FROM ${time}) * 1000)::float8`
}

/** Why entries wait after an event; rows of rules before 6 know pauses alone. */
export const CODE = "coalesce(decision_code, CASE WHEN trading_paused THEN 'paused' ELSE 'ok' END)"

/**
 * The event of a version, for a lateral join to rows that say when it was recorded: `recorded_from` and `recorded_until`, so
 * that the database need not look for it in every partition. The limit keeps it from reading all events for a join.
 */
export function eventOfVersion(version: string): string {
  return `SELECT * FROM risk_state_history AS history WHERE history.trader_id = $1 AND history.version = ${version}
    AND history.recorded_at >= recorded_from AND history.recorded_at <= recorded_until LIMIT 1`
}
