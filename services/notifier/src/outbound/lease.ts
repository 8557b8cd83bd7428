import { setTimeout as delay } from 'node:timers/promises'
import { headerNames, notifierStreams, subjects, toJsonBytes } from '@drawbridge/contracts'
import { isWrongLastSequence, lastMessage } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import { type JetStreamManager, jetstream } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'

/** A notifier that has not renewed its lease for this time no longer works. */
export const LEASE_MS = 6_000
const WITHIN_MS = 2_000

export interface LeaseParts {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  /** Names this process. */
  readonly owner: string
  readonly log: Logger
  readonly leaseMs?: number | undefined
}

/** The lease while we have it. */
export interface HeldLease {
  /** Aborts when another notifier may have it. */
  readonly lost: AbortSignal
  /** Lets another one work at once. Safe to repeat. */
  release(): Promise<void>
}

interface Written {
  readonly owner: string
  readonly isFree: boolean
}

/**
 * One notifier works at a time, so that messages go out in order. The lease is a message that only who knows its sequence
 * can replace. No clocks are compared: who waits measures how long it has not changed.
 */
export class Lease {
  readonly #parts: LeaseParts
  readonly #leaseMs: number

  constructor(parts: LeaseParts) {
    this.#parts = parts
    this.#leaseMs = parts.leaseMs ?? LEASE_MS
  }

  /** Waits until it is free. Null: we stop. */
  async acquire(stopping: AbortSignal): Promise<HeldLease | null> {
    let seen = -1
    let since = performance.now()
    while (!stopping.aborted) {
      const found = await this.#look()
      if (found !== null) {
        if (found.seq !== seen) {
          seen = found.seq
          since = performance.now()
        }
        const isOver = found.isFree || performance.now() - since >= this.#leaseMs
        const seq = isOver ? await this.#write(found.seq, false) : null
        if (typeof seq === 'number') return this.#hold(seq, stopping)
      }
      await delay(this.#leaseMs / 12, undefined, { signal: stopping }).catch(() => undefined)
    }
    return null
  }

  #hold(first: number, stopping: AbortSignal): HeldLease {
    const lost = new AbortController()
    let seq = first
    let renewedAt = performance.now()
    let isOver = false
    const end = () => {
      isOver = true
      lost.abort()
    }
    const renewing = (async () => {
      while (!isOver) {
        await delay(this.#leaseMs / 4, undefined, { signal: lost.signal }).catch(() => undefined)
        if (isOver) return
        const next = await this.#write(seq, false)
        if (next === 'taken') return end()
        if (next !== null) {
          seq = next
          renewedAt = performance.now()
        } else if (performance.now() - renewedAt > this.#leaseMs / 2) return end()
      }
    })()
    const release = async () => {
      if (isOver) return
      end()
      await renewing
      await this.#write(seq, true)
    }
    stopping.addEventListener('abort', () => void release(), { once: true })
    return { lost: lost.signal, release }
  }

  /** Null: NATS does not answer. */
  async #look(): Promise<(Written & { readonly seq: number }) | null> {
    try {
      const found = await lastMessage(this.#parts.manager, notifierStreams.alerts, subjects.notifierLease)
      return found === null ? { owner: '', isFree: true, seq: 0 } : { ...found.json<Written>(), seq: found.seq }
    } catch {
      return null
    }
  }

  /** `taken`: another one has it. Null: NATS does not answer, and nobody knows. */
  async #write(expected: number, isFree: boolean): Promise<number | 'taken' | null> {
    const { connection, owner } = this.#parts
    const described = headers()
    described.set(headerNames.expectedLastSubjectSequence, String(expected))
    const body = toJsonBytes({ owner, isFree } satisfies Written)
    try {
      const client = jetstream(connection, { timeout: WITHIN_MS })
      return (await client.publish(subjects.notifierLease, body, { headers: described })).seq
    } catch (error) {
      return isWrongLastSequence(error) ? 'taken' : null
    }
  }
}
