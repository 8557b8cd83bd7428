import { decodeSettled, streams, subjects } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats-kit'
import type { JetStreamManager } from '@nats-io/jetstream'

/** Whether the risk log says that it continues the one that was created then, and holds all of it that is to be known. */
export async function continues(manager: JetStreamManager, created: string): Promise<boolean> {
  const last = await lastMessage(manager, streams.risk, subjects.config('settled'))
  if (last === null) return false
  const event = decodeSettled(last.data)
  return event.ok && event.value.adopting !== true && event.value.continues?.includes(created) === true
}
