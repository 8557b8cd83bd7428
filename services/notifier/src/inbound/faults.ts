import { durables, headerNames, type Notice, streams, subjects, traderToken } from '@drawbridge/contracts'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { AlertDesk } from '../alert-desk.ts'
import { shortlyBefore } from './events.ts'
import { type Delivered, KeptPlace } from './kept-place.ts'

/** Dead letters of persisters: events that the database can never take. */
export function faultPlace(
  connection: NatsConnection,
  manager: JetStreamManager,
  now: number,
  ackWaitMs?: number,
): KeptPlace {
  return new KeptPlace({
    connection,
    manager,
    stream: streams.rejects,
    durable: durables.notifier,
    filter: subjects.rejects(streams.risk),
    acks: 'in-order',
    description: 'Tells people of dead letters',
    start: shortlyBefore(now),
    ackWaitMs,
  })
}

export async function takeFault(
  { message, seq }: Delivered,
  desk: Pick<AlertDesk, 'take'>,
  now: number,
): Promise<void> {
  const said = (name: string) => message.headers?.get(name) ?? ''
  const reason = `${said(headerNames.rejectSubject)}: ${said(headerNames.rejectReason)}`
  const notice: Notice = {
    kind: 'fault',
    severity: 'critical',
    trader: null,
    version: seq,
    part: 'fault-0',
    at: now,
    facts: { source: 'persister', reason },
  }
  await desk.take(traderToken(notice), { version: seq, notices: [notice], goesOn: () => true })
}
