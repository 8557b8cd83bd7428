import { readFileSync, writeFileSync } from 'node:fs'
import {
  type ConfigEventKind,
  isConfiguration,
  parseEventSubject,
  streams,
  type TraderEventType,
  type TraderId,
} from '@drawbridge/contracts'
import { followStream } from '@drawbridge/nats'
import type { BenchServer } from '../server.ts'

/** An event as a guardian stored it. */
export interface RecordedEvent {
  readonly type: TraderEventType
  readonly trader: TraderId
  readonly payload: Uint8Array
}

export interface RecordedConfiguration {
  readonly kind: ConfigEventKind
  readonly payload: Uint8Array
}

/**
 * Reads what a guardian wrote into RISK. Writes the traders' events into `file`, in the order of their inputs, one per
 * line; returns the events of the configuration.
 */
export async function recordEvents(server: BenchServer, file: string): Promise<readonly RecordedConfiguration[]> {
  const configuration: RecordedConfiguration[] = []
  const events: { readonly inputSeq: number; readonly text: string }[] = []
  const follower = await followStream(server.connection, {
    stream: streams.risk,
    start: { from: 1 },
    onMessage: (message) => {
      const address = parseEventSubject(message.subject)
      if (address.kind === 'config') {
        // A watermark is valid only in its own log.
        if (isConfiguration(address.config)) configuration.push({ kind: address.config, payload: message.data })
        return
      }
      events.push({ inputSeq: message.json<{ inputSeq: number }>().inputSeq, text: message.string() })
    },
    onLost: () => undefined,
  })
  await follower.caughtUp
  follower.stop()
  events.sort((a, b) => a.inputSeq - b.inputSeq)
  writeFileSync(file, events.map(({ text }) => text).join('\n'))
  return configuration
}

export function readRecorded(file: string): RecordedEvent[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((text) => {
      const { type, trader } = JSON.parse(text) as RecordedEvent
      return { type, trader, payload: Buffer.from(text) }
    })
}
