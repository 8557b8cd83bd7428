import { type Instant, parseEventSubject, parseInstant, type TraderId } from '@drawbridge/contracts'
import type { Reading } from '@drawbridge/history'
import { type Distribution, type MetricRegistry, samplesOf } from '@drawbridge/service-kit'

interface Series {
  readonly latency: Distribution | null
  attempts: number
  failures: number
}

/** What is left of the events of a batch to be observed once they are stored. */
export interface Attempted {
  /** Of the traders that have series, one for each event. */
  readonly series: readonly Series[]
  /** JetStream timestamps of their inputs. */
  readonly recordedAt: readonly Instant[]
  /** Of `performance.now()`. */
  readonly since: number
}

/** How the events of each trader fare, of as many traders as the bound admits. */
export class PersistenceSeries {
  readonly #registry: MetricRegistry
  readonly #lag: Distribution | null
  readonly #series = new Map<TraderId, Series>()

  constructor(registry: MetricRegistry) {
    this.#registry = registry
    this.#lag = registry.distribution('persister_lag_seconds')
    const all = this.#series
    registry.collect('risk_persistence_attempts_total', function* () {
      for (const [trader, { attempts }] of all) yield { labels: { trader_id: trader }, value: attempts }
    })
    registry.collect('risk_persistence_failures_total', function* () {
      for (const [trader, { failures }] of all) yield { labels: { trader_id: trader }, value: failures }
    })
    registry.collect('risk_persist_latency_ms', function* () {
      for (const [trader, { latency }] of all) {
        if (latency !== null) yield* samplesOf('risk_persist_latency_ms', { trader_id: trader }, latency)
      }
    })
  }

  /** These are given to the database. */
  attempted(readings: readonly Reading[], since: number): Attempted {
    const series: Series[] = []
    const recordedAt: Instant[] = []
    for (const reading of readings) {
      if (reading.kind !== 'event') continue
      const at = parseInstant(reading.row.recorded_at)
      if (at.ok) recordedAt.push(at.value)
      const one = this.#of(reading.row.trader_id)
      if (one === null) continue
      one.attempts += 1
      series.push(one)
    }
    return { series, recordedAt, since }
  }

  /** They are committed. */
  stored({ series, recordedAt, since }: Attempted): void {
    const [now, latency] = [Date.now(), performance.now() - since]
    for (const at of recordedAt) this.#lag?.observe(Math.max(0, now - at) / 1_000)
    for (const one of series) one.latency?.observe(latency)
  }

  /** The database did not take the events on these subjects. */
  failed(messages: readonly { readonly subject: string }[]): void {
    for (const { subject } of messages) {
      const address = parseEventSubject(subject)
      const series = address.kind === 'trader' ? this.#of(address.trader) : null
      if (series !== null) series.failures += 1
    }
  }

  #of(trader: TraderId): Series | null {
    const known = this.#series.get(trader)
    if (known !== undefined) return known
    if (!this.#registry.traders.admits(trader)) return null
    const series = { latency: this.#registry.newDistribution('risk_persist_latency_ms'), attempts: 0, failures: 0 }
    this.#series.set(trader, series)
    return series
  }
}
