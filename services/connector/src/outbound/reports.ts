import {
  CONNECTOR_REPORT_EVERY_MS,
  type ConnectorReport,
  encodeConnectorReport,
  formatAmount,
  formatInstant,
  subjects,
} from '@drawbridge/contracts'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Connector } from '../connector.ts'
import type { OwnProcess } from '../core/other-process.ts'

/** Tells whoever looks after the connectors how each does: again and again, and at once when that changes. */
export class ConnectorReports {
  readonly #connection: NatsConnection
  readonly #own: OwnProcess
  readonly #timer: NodeJS.Timeout
  #connectors: readonly Connector[] = []

  constructor(connection: NatsConnection, own: OwnProcess, everyMs = CONNECTOR_REPORT_EVERY_MS) {
    this.#connection = connection
    this.#own = own
    this.#timer = setInterval(() => this.#tellAll(), everyMs)
  }

  /** Tells at once, so that other processes answer. */
  start(connectors: readonly Connector[]): void {
    this.#connectors = connectors
    this.#tellAll()
  }

  tell(name: string): void {
    const connector = this.#connectors.find((one) => one.name === name)
    if (connector === undefined || this.#connection.isClosed()) return
    const report = reportOf(connector, this.#own)
    this.#connection.publish(subjects.connectorReport(name), encodeConnectorReport(report))
  }

  /** Safe to repeat. */
  stop(): void {
    clearInterval(this.#timer)
  }

  #tellAll(): void {
    for (const { name } of this.#connectors) this.tell(name)
  }
}

export function reportOf(connector: Connector, { run, instance, startedAt }: OwnProcess): ConnectorReport {
  const { name, setup, dryRun, reading, acting, faults } = connector
  const last = reading?.last ?? null
  const { canBlock } = connector
  return {
    connector: name,
    adapter: setup.adapter.name,
    trader: setup.config.trader,
    instance,
    run,
    startedAt: formatInstant(startedAt),
    waits: connector.waits,
    reads: reading !== null,
    acts: canBlock === true,
    canBlock,
    dryRun,
    wanted: acting?.wanted?.kind ?? null,
    stands: connector.stands,
    reading:
      last === null
        ? null
        : {
            equity: formatAmount(last.reading.equity),
            currency: last.reading.currency,
            at: formatInstant(last.at),
          },
    faults: [...faults.open],
  }
}
