import { batch, signal } from '@preact/signals'
import type { FleetMember } from '../../../src/core/fleet.ts'
import type { LiveAccount, LiveMessages, LivePulse } from '../../../src/core/live-messages.ts'

/** A trader's summary is replaced by a newer one. */
export interface Change {
  readonly before: FleetMember
  readonly after: FleetMember
}

/** The fleet as the feed tells it. Only the feed writes it; views read its signals. */
export class FleetStore {
  readonly #onChanges: (changes: readonly Change[]) => void
  readonly #members = new Map<string, FleetMember>()
  /** Grows with every change of a trader: who reads it is told when any of them has changed. */
  readonly revision = signal(0)
  /** False until everything that the log held has come. */
  readonly isComplete = signal(false)
  readonly pulse = signal<LivePulse | null>(null)
  /** When the last pulse came, by the page's own clock. */
  readonly pulseAt = signal<number | null>(null)
  readonly leaseMs = signal(10_000)
  readonly accounts = signal<Readonly<Record<string, LiveAccount>>>({})

  /** @param onChanges told what has changed once the fleet is complete */
  constructor(onChanges: (changes: readonly Change[]) => void = () => undefined) {
    this.#onChanges = onChanges
  }

  get members(): ReadonlyMap<string, FleetMember> {
    return this.#members
  }

  /** @param at the page's own clock */
  take<K extends keyof LiveMessages>(kind: K, message: LiveMessages[K], at: number): void {
    batch(() => this.#take({ kind, message } as Told, at))
  }

  #take(told: Told, at: number): void {
    switch (told.kind) {
      case 'begin':
        this.#members.clear()
        this.isComplete.value = false
        this.accounts.value = told.message.accounts
        this.leaseMs.value = told.message.leaseMs
        this.revision.value += 1
        return
      case 'traders':
        this.#takeTraders(told.message)
        return
      case 'complete':
        this.isComplete.value = true
        return
      case 'pulse':
        this.pulse.value = told.message
        this.pulseAt.value = at
        return
      default:
        told satisfies never
    }
  }

  #takeTraders(members: readonly FleetMember[]): void {
    const changes: Change[] = []
    for (const after of members) {
      const before = this.#members.get(after.id)
      if (before !== undefined) changes.push({ before, after })
      this.#members.set(after.id, after)
    }
    this.revision.value += 1
    if (this.isComplete.value) this.#onChanges(changes)
  }
}

type Told = { [K in keyof LiveMessages]: { readonly kind: K; readonly message: LiveMessages[K] } }[keyof LiveMessages]
