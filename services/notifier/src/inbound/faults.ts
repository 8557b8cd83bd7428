import { durables, headerNames, type Notice, streams, subjects, traderToken } from '@drawbridge/contracts'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { AlertDesk } from '../alert-desk.ts'
import { startOf } from './events.ts'
import { type Delivered, KeptPlace } from './kept-place.ts'

/** Dead letters of persisters: events that the database can never take. */
export function faultPlace(
  connection: NatsConnection,
  manager: JetStreamManager,
  now: number,
  known: string | undefined,
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
    start: startOf(known, now),
    ackWaitMs,
  })
}

/** @param created when the stream was created that it is of */
export async function takeFault(
  { message, seq, storedAt }: Delivered,
  desk: Pick<AlertDesk, 'take'>,
  created: string,
): Promise<void> {
  const said = (name: string) => message.headers?.get(name) ?? ''
  const reason = `${said(headerNames.rejectSubject)}: ${said(headerNames.rejectReason)}`
  const notice: Notice = {
    kind: 'fault',
    severity: 'critical',
    trader: null,
    version: seq,
    // A stream that takes the place of a lost one has the same sequences.
    part: `fault-${storedAt.toString(36)}`,
    at: storedAt,
    facts: { source: 'persister', reason },
  }
  await desk.take(traderToken(notice), {
    version: seq,
    log: created,
    at: storedAt,
    notices: [notice],
    goesOn: () => true,
  })
}
