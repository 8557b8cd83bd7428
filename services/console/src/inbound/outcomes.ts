import { decodeHeartbeat, headerNames } from '@drawbridge/contracts'
import type { Msg } from '@nats-io/transport-node'
import type { Command, LogName } from '../core/command.ts'
import { type WireEvent, wireOf } from '../core/wire.ts'
import type { FeedListener, LoggedEvent } from './risk-feed.ts'

/** The outcome of a command. */
export type Outcome =
  | { readonly kind: 'stored'; readonly event: LoggedEvent }
  | { readonly kind: 'refused'; readonly reason: string }

/** The maximum of events of one log kept between the publishing of a command and its acknowledgement. */
const HEARD_MAX = 1_000
/** The number of refused inputs that are remembered, for commands that are sent again. */
const REFUSED_MAX = 1_000

/** Listens for the outcomes of commands. */
export class Outcomes implements FeedListener {
  readonly #watches = new Map<LogName, Set<Watch>>()
  readonly #refused = new Map<number, string>()

  /** From now on events of the command's log are kept for it, until the watch is closed. */
  watch(command: Command): Watch {
    const watch: Watch = new Watch(command, this.#refused, () => this.#watches.get(command.log)?.delete(watch))
    const watches = this.#watches.get(command.log) ?? new Set()
    this.#watches.set(command.log, watches.add(watch))
    return watch
  }

  onEvent(event: LoggedEvent): void {
    // The event of an ordinary tick is never that of a command.
    if (event.type === 'assessed') return
    for (const watch of this.#watches.get(event.log) ?? []) watch.onEvent(event)
  }

  onRestart(): void {
    this.#refused.clear()
  }

  /** An input was refused: a message on the subject of dead letters. */
  onReject(message: Msg): void {
    const inputSeq = Number(message.headers?.get(headerNames.rejectSequence))
    const reason = message.headers?.get(headerNames.rejectReason) ?? ''
    if (!Number.isSafeInteger(inputSeq)) return
    this.#refused.set(inputSeq, reason)
    const [oldest] = this.#refused.keys()
    if (this.#refused.size > REFUSED_MAX && oldest !== undefined) this.#refused.delete(oldest)
    for (const watches of this.#watches.values()) for (const watch of watches) watch.look()
  }
}

/** Waits for the outcome of one command. */
class Watch {
  readonly #command: Command
  readonly #refused: ReadonlyMap<number, string>
  readonly #onClose: () => void
  readonly #heard = new Map<number, LoggedEvent>()
  readonly #outcome = Promise.withResolvers<Outcome>()
  #inputSeq: number | null = null

  constructor(command: Command, refused: ReadonlyMap<number, string>, onClose: () => void) {
    this.#command = command
    this.#refused = refused
    this.#onClose = onClose
  }

  /** The command is this input. */
  outcomeOf(inputSeq: number): Promise<Outcome> {
    this.#inputSeq = inputSeq
    this.look()
    return this.#outcome.promise
  }

  onEvent(event: LoggedEvent): void {
    const wire = wireOf(event.data)
    if (wire === null || this.#heard.size >= HEARD_MAX) return
    if (this.#inputSeq === null || this.#inputSeq === wire.inputSeq) this.#heard.set(wire.inputSeq, event)
    this.look()
  }

  look(): void {
    if (this.#inputSeq === null) return
    const reason = this.#refused.get(this.#inputSeq)
    const event = this.#heard.get(this.#inputSeq)
    // The refusal arrives first if the event was caused only by time.
    if (reason !== undefined) this.#outcome.resolve({ kind: 'refused', reason })
    else if (event !== undefined) this.#outcome.resolve(outcomeIn(event, this.#command))
  }

  close(): void {
    this.#onClose()
  }
}

/** The outcome of a command, from the event of its input. */
export function outcomeIn(event: LoggedEvent, { fact }: Command): Outcome {
  if (fact === null || isObeyed(wireOf(event.data), fact)) return { kind: 'stored', event }
  return { kind: 'refused', reason: 'the command could not be carried out; REJECTS has the reason' }
}

/** Time, which passes with a command, makes facts of the same kinds; the fact of a command names who gave it. */
function isObeyed(event: WireEvent | null, fact: string): boolean {
  const ofKind = event?.facts?.filter(({ kind }) => kind === fact) ?? []
  if (ofKind.some(({ by }) => typeof by === 'string')) return true
  // What was to be resumed had just ended.
  return fact === 'resumed' && ofKind.length > 0 && event?.state?.pause === null
}

/** The watermark from the guardians' heartbeats: up to which input they have decided. */
export class Settled implements FeedListener {
  #upTo = 0

  get upTo(): number {
    return this.#upTo
  }

  onHeartbeat(message: Msg): void {
    const heartbeat = decodeHeartbeat(message.data)
    if (heartbeat.ok) this.#upTo = Math.max(this.#upTo, heartbeat.value.settled)
  }

  onEvent(): void {}

  onRestart(): void {
    this.#upTo = 0
  }
}
