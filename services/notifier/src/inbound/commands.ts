import {
  decodeNotifyCommand,
  durables,
  type NotifyCommand,
  notifierStreams,
  SILENCES_MAX,
  subjects,
  type Telling,
} from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/service-kit'
import { DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { AlertDesk } from '../alert-desk.ts'
import type { NoticeQueue } from '../outbound/notice-queue.ts'
import { type Delivered, KeptPlace } from './kept-place.ts'

/** What people ask for in the console and in chats. It waits here while no notifier works. */
export function commandPlace(connection: NatsConnection, manager: JetStreamManager, ackWaitMs?: number): KeptPlace {
  return new KeptPlace({
    connection,
    manager,
    stream: notifierStreams.notices,
    durable: durables.commands,
    filter: subjects.notifyCommandsAll,
    acks: 'each',
    description: 'What the notifier is asked',
    start: () => ({ deliver_policy: DeliverPolicy.All }),
    ackWaitMs,
  })
}

export interface CommandParts {
  readonly desk: Pick<AlertDesk, 'acknowledge' | 'silence' | 'endSilence'>
  readonly queue: Pick<NoticeQueue, 'put'>
  readonly channels: readonly string[]
  readonly log: Logger
  readonly now: () => number
}

export async function takeCommand({ data, seq }: Delivered, parts: CommandParts): Promise<void> {
  const command = decodeNotifyCommand(data)
  if (!command.ok) parts.log.warn({ seq, reason: command.reason }, 'skipping an unreadable command')
  else await apply(command.value, parts)
}

async function apply(command: NotifyCommand, { desk, queue, channels, log, now }: CommandParts): Promise<void> {
  const { kind, by } = command
  switch (kind) {
    case 'acknowledge': {
      const { trader, alert, version } = command
      const keys = await desk.acknowledge(trader, { key: alert, version }, by)
      if (keys.length > 0) log.info({ trader, alerts: keys, by }, 'alerts acknowledged')
      return
    }
    case 'silence': {
      const { id, trader, tag, notices, until, reason } = command
      const tagged = tag === undefined ? {} : { tag }
      await desk.silence({ id, trader, ...tagged, kind: notices, until, reason, by })
      log.info({ id, trader, ...tagged, notices, by, max: SILENCES_MAX }, 'alerts silenced')
      return
    }
    case 'end-silence':
      await desk.endSilence(command.id)
      log.info({ id: command.id, by }, 'a silence ended')
      return
    case 'test':
      if (channels.includes(command.channel)) await queue.put([testOf(command, now())])
      return
    default:
      kind satisfies never
  }
}

function testOf({ channel, id }: Extract<NotifyCommand, { kind: 'test' }>, now: number): Telling {
  return {
    channel,
    notice: {
      kind: 'test',
      severity: 'info',
      trader: null,
      version: id,
      part: 'test-0',
      at: now,
      facts: { source: channel },
    },
    round: { kind: 'first' },
    alert: null,
    decidedAt: now,
  }
}
