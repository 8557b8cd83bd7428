import type { Telling } from '@drawbridge/contracts'
import type { ChannelConfig } from '@drawbridge/settings'
import type { Part } from '../core/incidents.ts'
import type { Attempt } from '../core/retry.ts'
import type { Message } from '../core/text/message.ts'

/** What is sent in one request. */
export interface Outgoing {
  /** The same whenever it is sent, so that a receiver can know it again. */
  readonly id: string
  readonly message: Message
  /** What it tells: one, or many of a digest. */
  readonly tellings: readonly Telling[]
  readonly maybeTwice: boolean
  /** The recipients that an earlier attempt left. Absent: all of the channel. */
  readonly only?: readonly string[]
  /** By which its reader acknowledges; null: it needs no answer, or has a button. */
  readonly acknowledgeLink: string | null
  /** In a digest: alerts that wait for somebody to acknowledge them, the worst first. Absent: none. */
  readonly waitedFor?: readonly WaitedFor[]
  /** When it is sent, milliseconds. */
  readonly now: number
}

/** An alert of a digest. */
export interface WaitedFor {
  readonly telling: Telling
  /** Plain text. */
  readonly title: string
  /** By which a reader acknowledges it; null: by none. */
  readonly link: string | null
}

/** A way to people. */
export interface Channel {
  readonly config: ChannelConfig
  /** Escapes what the receiver takes for markup. */
  readonly escape: (text: string) => string
  /** An address as the receiver finds it; as other text if not given. */
  readonly escapeLink?: (url: string) => string
  /** So many characters a message may have; any number, if not given. */
  readonly textMax?: number
  /**
   * The messages that waiting notices become, in the order in which they are sent; one, if not given.
   * @param room how many messages the pace of the channel allows now, 1 or more
   */
  readonly partsOf?: (tellings: readonly Telling[], room: number) => readonly Part[]
  /** Between two messages, as the receiver limits them, milliseconds; 0 if not given. */
  readonly betweenMs?: number
  /** Sends once, within a bounded time. Never throws. No result holds a secret. */
  send(outgoing: Outgoing): Promise<Attempt>
}

export const plainText = (text: string): string => text
