import { decodeConnectorReport, subjects } from '@drawbridge/contracts'
import { hearPublished } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Connector } from '../connector.ts'
import type { OtherProcesses } from '../core/other-process.ts'

const MEND =
  'on the server, write the nats.conf of this version with npm run nats-users -- --write-config, and restart NATS, as by ' +
  'docker compose restart nats; then restart the connector'

/**
 * Hears what other processes tell of the same connectors.
 * @param answer tells how the connector with this name does
 * @returns how to end that
 */
export function hearOtherProcesses(
  connection: NatsConnection,
  connectors: readonly Connector[],
  others: OtherProcesses,
  answer: (name: string) => void,
  log: Logger,
): () => void {
  const stop = hearPublished(
    connection,
    subjects.connectorReport('*'),
    ({ data }) => {
      const report = decodeConnectorReport(data)
      if (!report.ok) return
      const connector = connectors.find(({ name }) => name === report.value.connector)
      if (connector === undefined || !others.hear(report.value, performance.now())) return
      // Whoever has just started knows of us at once.
      answer(connector.name)
      connector.onOther(report.value)
    },
    () => {
      others.cannotHear()
      log.warn(
        { advice: MEND },
        'a second process with the same connectors would not be noticed: NATS does not let us hear it',
      )
    },
  )
  // The answer comes after a refusal.
  const listen = () => others.listen(performance.now())
  void connection.flush().then(listen, listen)
  return stop
}
