import { compileCheck, parseJson, subjects, toJsonBytes } from '@drawbridge/contracts'
import { hearPublished } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import Type from 'typebox'
import type { Lifecycle } from '../lifecycle.ts'
import { consoleCatalogue } from './catalogue.ts'
import type { MetricRegistry } from './metric-registry.ts'
import type { Sample } from './values.ts'

type OriginalMetric = keyof typeof consoleCatalogue
const ORIGINAL_METRICS = Object.keys(consoleCatalogue) as readonly OriginalMetric[]

const REPORT_EVERY_MS = 2_000
/** An older report is stale: its sender has ended or is unreachable. */
const CURRENT_FOR_MS = 5 * REPORT_EVERY_MS
/** Keeps a message well below the 1 MB that NATS takes. */
const SAMPLES_PER_REPORT = 2_000
/** Bounds what the console keeps, however many senders there are. */
const INSTANCES_MAX = 100
const SAMPLES_MAX = 200_000

const ReportSchema = Type.Object({
  instance: Type.String({ maxLength: 200 }),
  name: Type.Enum([...ORIGINAL_METRICS]),
  samples: Type.Array(
    Type.Object({
      metricName: Type.Optional(Type.String({ maxLength: 100 })),
      labels: Type.Record(
        Type.String({ maxLength: 100 }),
        Type.Union([Type.String({ maxLength: 100 }), Type.Number()]),
      ),
      value: Type.Number(),
    }),
    { maxItems: SAMPLES_PER_REPORT },
  ),
})
type Report = Type.Static<typeof ReportSchema>
const checkReport = compileCheck<Report>(ReportSchema)

/** Reports this process's values of NOFX's metrics to the console, every 2 s until `lifecycle` ends. */
export function reportOriginalMetrics(
  connection: NatsConnection,
  registry: MetricRegistry,
  instance: string,
  lifecycle: Lifecycle,
): void {
  if (!registry.enabled) return
  const report = async () => {
    for (const name of ORIGINAL_METRICS) {
      const samples = await registry.samples(name)
      for (let from = 0; from < samples.length; from += SAMPLES_PER_REPORT) {
        if (connection.isClosed()) return
        const part: Report = { instance, name, samples: samples.slice(from, from + SAMPLES_PER_REPORT) }
        connection.publish(subjects.riskMetrics, toJsonBytes(part))
      }
    }
  }
  // If the connection closes between the check and the publish, the process ends anyway.
  const timer = setInterval(() => void report().catch(() => undefined), REPORT_EVERY_MS)
  lifecycle.onStop('metric reports', async () => clearInterval(timer))
}

interface Reporter {
  heardAt: number
  /** The newest samples of each metric, by {@link keyOf}. */
  readonly metrics: Readonly<Record<OriginalMetric, Map<string, Sample>>>
}

/** What guardians and persisters report of NOFX's metrics, by sender. */
export class OriginalMetrics {
  readonly #reporters = new Map<string, Reporter>()
  readonly #samplesMax: number
  #size = 0

  constructor(samplesMax = SAMPLES_MAX) {
    this.#samplesMax = samplesMax
  }

  /** Shows in `registry` the reports that arrive on `connection`. */
  static gather(connection: NatsConnection, registry: MetricRegistry): void {
    const gathered = new OriginalMetrics()
    hearPublished(connection, subjects.riskMetrics, ({ data }) => gathered.take(data, performance.now()))
    for (const name of ORIGINAL_METRICS) registry.collect(name, () => gathered.samplesOf(name, performance.now()))
  }

  /** Takes a report; ignores one that is unreadable or beyond the bounds. @param now milliseconds, monotonic */
  take(data: Uint8Array, now: number): void {
    const json = parseJson(data)
    const report = json.ok ? checkReport(json.value.value) : json
    if (!report.ok) return
    const { instance, name, samples } = report.value
    this.#forget(now)
    const reporter = this.#reporterOf(instance, now)
    if (reporter === null) return
    reporter.heardAt = now
    const known = reporter.metrics[name]
    for (const sample of samples) {
      const key = keyOf(sample)
      if (!known.has(key)) {
        if (this.#size >= this.#samplesMax) return
        this.#size += 1
      }
      known.set(key, sample)
    }
  }

  /** Null: there are as many as may be. */
  #reporterOf(instance: string, now: number): Reporter | null {
    const known = this.#reporters.get(instance)
    if (known !== undefined || this.#reporters.size >= INSTANCES_MAX) return known ?? null
    const none = ORIGINAL_METRICS.map((name) => [name, new Map<string, Sample>()])
    const reporter: Reporter = { heardAt: now, metrics: Object.fromEntries(none) }
    this.#reporters.set(instance, reporter)
    return reporter
  }

  /** Combines the current reports: counts are added up; for a gauge, which each guardian shows, the newest one is taken. */
  samplesOf(name: OriginalMetric, now: number): Iterable<Sample> {
    this.#forget(now)
    const isGauge = consoleCatalogue[name].type === 'gauge'
    const together = new Map<string, Sample>()
    const byAge = [...this.#reporters.values()].sort((one, other) => one.heardAt - other.heardAt)
    for (const { metrics } of byAge) {
      for (const [key, sample] of metrics[name]) {
        const before = isGauge ? 0 : (together.get(key)?.value ?? 0)
        together.set(key, { ...sample, value: before + sample.value })
      }
    }
    return together.values()
  }

  #forget(now: number): void {
    for (const [instance, { heardAt, metrics }] of this.#reporters) {
      if (now - heardAt <= CURRENT_FOR_MS) continue
      this.#reporters.delete(instance)
      for (const samples of Object.values(metrics)) this.#size -= samples.size
    }
  }
}

/** Identifies a sample of a metric. */
function keyOf({ metricName, labels }: Pick<Sample, 'metricName' | 'labels'>): string {
  return JSON.stringify([metricName, Object.entries(labels).sort()])
}
