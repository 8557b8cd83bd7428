import { decodeRiskEvent, parseEventSubject, type RiskEvent, streams, type TraderId } from '@drawbridge/contracts'
import { readStream } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import type { VersionRange } from './missing-versions.ts'

/** What a damaged log still holds of a trader. */
export interface Remains {
  readonly newest: RiskEvent
  /** Ascending, without a gap in each. */
  readonly versions: readonly VersionRange[]
}

/** What a log holds of each trader. Events that cannot be read are no part of it. */
export async function readRemains(
  connection: NatsConnection,
  lastSeq: number,
): Promise<ReadonlyMap<TraderId, Remains>> {
  const remains = new Map<TraderId, { newest: RiskEvent; versions: VersionRange[] }>()
  for await (const messages of readStream(connection, { stream: streams.risk, from: 1, to: lastSeq })) {
    for (const { subject, data } of messages) {
      if (parseEventSubject(subject).kind !== 'trader') continue
      const event = decodeRiskEvent(data)
      if (!event.ok) continue
      const { trader, state } = event.value
      const known = remains.get(trader)
      if (known === undefined) {
        remains.set(trader, { newest: event.value, versions: [{ from: state.version, to: state.version }] })
        continue
      }
      const last = known.versions.at(-1)
      if (last !== undefined && state.version === last.to + 1) {
        known.versions[known.versions.length - 1] = { from: last.from, to: state.version }
      } else known.versions.push({ from: state.version, to: state.version })
      if (state.version > known.newest.state.version) known.newest = event.value
    }
  }
  return remains
}
