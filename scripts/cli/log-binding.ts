import { decodeSettled, streams, subjects } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

/** What the log says that it is bound to. */
export interface LogBinding {
  /** When RISK was created. */
  readonly created: string
  /** Whether it took the place of another one, so that it begins with what was carried over from there. */
  readonly continues: boolean
  /** When INPUTS was created that it was made from; null: the log does not say. */
  readonly inputsCreated: string | null
  /** The sequence of an input is that of INPUTS plus this. */
  readonly inputsOffset: number
}

/** @throws where the log holds a word about itself that cannot be read, and while it is being adopted */
export async function readLogBinding(connection: NatsConnection): Promise<LogBinding> {
  const manager = await jetstreamManager(connection, { timeout: 10_000, checkAPI: false })
  const { created } = await manager.streams.info(streams.risk)
  const last = await lastMessage(manager, streams.risk, subjects.config('settled'))
  if (last === null) return { created, continues: false, inputsCreated: null, inputsOffset: 0 }
  const event = decodeSettled(last.data)
  if (!event.ok) throw new Error(`event ${last.seq} of RISK cannot be read: ${event.reason}`)
  if (event.value.adopting === true) {
    throw new Error(
      'RISK does not hold all yet of the log whose place it takes: run npm run drawbridge -- adopt-log first',
    )
  }
  const { inputsCreated, inputsOffset = 0, continues = [] } = event.value
  return { created, continues: continues.length > 0, inputsCreated, inputsOffset }
}
