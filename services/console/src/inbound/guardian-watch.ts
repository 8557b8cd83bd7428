import { decodeHeartbeat } from '@drawbridge/contracts'
import type { Msg } from '@nats-io/transport-node'
import type { LiveGuardian } from '../core/live-messages.ts'
import type { FeedListener, LoggedEvent } from './risk-feed.ts'

/** So many guardians are remembered. */
const GUARDIANS_MAX = 50

/** A guardian that was heard. */
export interface HeardGuardian extends LiveGuardian {
  /** Whether it stored the newest event that names its guardian. */
  readonly isActive: boolean
}

/** Remembers the last heartbeat of each guardian, and which of them stores events. */
export class GuardianWatch implements FeedListener {
  /** The last that was heard is the last of the map. */
  readonly #heard = new Map<string, LiveGuardian>()
  #active: string | null = null

  /** The last one that was heard; null: none since the console started. */
  get heard(): LiveGuardian | null {
    return [...this.#heard.values()].at(-1) ?? null
  }

  all(): readonly HeardGuardian[] {
    return [...this.#heard.values()].map((one) => ({ ...one, isActive: one.instance === this.#active }))
  }

  onHeartbeat(message: Msg): void {
    const heartbeat = decodeHeartbeat(message.data)
    if (!heartbeat.ok) return
    const { instance, settled, lag } = heartbeat.value
    this.#heard.delete(instance)
    this.#heard.set(instance, { instance, at: Date.now(), settled, lag })
    const [oldest] = this.#heard.keys()
    if (this.#heard.size > GUARDIANS_MAX && oldest !== undefined) this.#heard.delete(oldest)
  }

  onEvent({ guardian }: LoggedEvent): void {
    if (guardian !== '') this.#active = guardian
  }

  onRestart(): void {
    this.#active = null
  }
}
