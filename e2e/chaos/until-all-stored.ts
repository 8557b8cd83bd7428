import { eventually } from '@drawbridge/testing/processes'
import type { JetStreamManager } from '@nats-io/jetstream'

const STORED_WITHIN_MS = 120_000

/** Waits until the persisters have stored and acknowledged all of RISK. */
export async function untilAllStored(manager: JetStreamManager): Promise<void> {
  const areAllAcked = async () => {
    const { num_pending: waiting, num_ack_pending: inHand } = await manager.consumers.info('RISK', 'persister')
    return waiting + inHand === 0
  }
  await eventually(areAllAcked, { timeoutMs: STORED_WITHIN_MS, what: 'the persisters to have stored all of RISK' })
}
