import { CONNECTOR_REPORT_CURRENT_FOR_MS, type ConnectorReport, decodeConnectorReport } from '@drawbridge/contracts'
import type { Msg } from '@nats-io/transport-node'

/** So many connectors are remembered. */
const CONNECTORS_MAX = 10_000

/** A connector as it was last heard. */
export interface HeardConnector extends ConnectorReport {
  readonly heardAt: number
  /** Whether it tells still how it does. */
  readonly isCurrent: boolean
}

/** Remembers how each connector does, also of those that do not tell any more. */
export class ConnectorWatch {
  readonly #heard = new Map<string, { readonly report: ConnectorReport; readonly at: number }>()

  onReport({ data }: Pick<Msg, 'data'>, now = Date.now()): void {
    const report = decodeConnectorReport(data)
    // What counts is how the process does that does the work.
    if (!report.ok || report.value.waits === true) return
    const { connector } = report.value
    if (!this.#heard.has(connector) && this.#heard.size >= CONNECTORS_MAX) return
    this.#heard.set(connector, { report: report.value, at: now })
  }

  /** In the order of their names. */
  all(now = Date.now()): readonly HeardConnector[] {
    return [...this.#heard.values()]
      .map(({ report, at }) => ({ ...report, heardAt: at, isCurrent: now - at < CONNECTOR_REPORT_CURRENT_FOR_MS }))
      .sort((a, b) => a.connector.localeCompare(b.connector))
  }
}
