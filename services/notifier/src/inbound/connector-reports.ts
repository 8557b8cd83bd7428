import { decodeConnectorReport, type Instant, parseTraderId } from '@drawbridge/contracts'
import type { Msg } from '@nats-io/transport-node'
import type { AlertDesk } from '../alert-desk.ts'
import { expectedConnector, happenedAt, heardConnector, type KnownConnector } from '../core/connector-fault.ts'

/** One that settings name. */
export interface ExpectedConnector {
  readonly name: string
  readonly trader: string
  /** Whether it must block entries. */
  readonly blocks: boolean
}

/** So many connectors are known, at most. */
const CONNECTORS_MAX = 10_000

/** Hears how connectors do, and tells their faults to the alerts of their traders. */
export class ConnectorReports {
  readonly #known = new Map<string, KnownConnector>()
  /** What was told last of each. */
  readonly #told = new Map<string, string>()
  readonly #desk: Pick<AlertDesk, 'take'>
  readonly #now: () => Instant

  constructor(desk: Pick<AlertDesk, 'take'>, expected: readonly ExpectedConnector[], now: () => Instant) {
    this.#desk = desk
    this.#now = now
    for (const { name, trader, blocks } of expected) {
      this.#known.set(name, expectedConnector(name, trader, blocks, now()))
    }
  }

  onReport({ data }: Pick<Msg, 'data'>): void {
    const report = decodeConnectorReport(data)
    // What counts is how the process does that does the work.
    if (!report.ok || report.value.waits === true) return
    const { connector, trader } = report.value
    // Both become parts of subjects.
    if (!parseTraderId(connector).ok || !parseTraderId(trader).ok) return
    const before = this.#known.get(connector)
    if (before === undefined && this.#known.size >= CONNECTORS_MAX) return
    this.#known.set(connector, heardConnector(before, report.value, this.#now()))
  }

  /** Tells what has changed since the last time. @throws if it is not kept; the next call tells it again */
  async tell(): Promise<void> {
    for (const connector of [...this.#known.values()]) {
      const happened = happenedAt(connector, this.#now())
      if (happened === null) continue
      const said = happened.notices.map(({ part, version }) => `${part} ${version}`).join()
      if (this.#told.get(connector.name) === said) continue
      await this.#desk.take(connector.trader, happened)
      this.#told.set(connector.name, said)
    }
  }
}
