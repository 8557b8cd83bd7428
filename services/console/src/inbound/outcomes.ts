import { headerNames } from '@drawbridge/contracts'
import type { Msg } from '@nats-io/transport-node'
import type { Command, LogName } from '../core/command.ts'
import { wireOf } from '../core/wire.ts'
import type { FeedListener, LoggedEvent } from './risk-feed.ts'

/** What a command came to. */
export type Outcome =
  | { readonly kind: 'stored'; readonly event: LoggedEvent }
  | { readonly kind: 'refused'; readonly reason: string }

/** So many events of one log are kept between the publishing of a command and its acknowledgement. */
const HEARD_MAX = 1_000
/** So many refused inputs are remembered, for commands that are sent again. */
const REFUSED_MAX = 1_000

/** Hears what guardians make of commands. */
export class Outcomes implements FeedListener {
  readonly #watches = new Map<LogName, Set<Watch>>()
  readonly #refused = new Map<number, string>()

  /** From now on what happens in the command's log is kept for it, until the watch is closed. */
  watch(command: Command): Watch {
    const watch: Watch = new Watch(command, this.#refused, () => this.#watches.get(command.log)?.delete(watch))
    const watches = this.#watches.get(command.log) ?? new Set()
    this.#watches.set(command.log, watches.add(watch))
    return watch
  }

  onEvent(event: LoggedEvent): void {
    // An ordinary tick is no command's event.
    if (event.type === 'assessed') return
    for (const watch of this.#watches.get(event.log) ?? []) watch.onEvent(event)
  }

  onAnew(): void {
    this.#refused.clear()
  }

  /** An input was refused: a message on the subject of rejects. */
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

/** Waits for what one command comes to. */
export class Watch {
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
    // The refusal is heard first where time alone made the event.
    if (reason !== undefined) this.#outcome.resolve({ kind: 'refused', reason })
    else if (event !== undefined) this.#outcome.resolve(outcomeIn(event, this.#command))
  }

  close(): void {
    this.#onClose()
  }
}

/** What the event of a command's input says of the command. */
export function outcomeIn(event: LoggedEvent, { fact }: Command): Outcome {
  const facts = wireOf(event.data)?.facts ?? []
  if (fact === null || facts.some(({ kind }) => kind === fact)) return { kind: 'stored', event }
  return { kind: 'refused', reason: 'it could not be obeyed; REJECTS says why' }
}
