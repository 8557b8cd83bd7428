import { type JetStreamManager, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Command } from '../core/command.ts'
import { type Outcome, type Outcomes, outcomeIn } from '../inbound/outcomes.ts'
import type { RiskFeed } from '../inbound/risk-feed.ts'
import type { RiskLogReader } from '../inbound/risk-log-reader.ts'
import { CommandInputs, type Sending } from './command-inputs.ts'

export type CommandOutcome =
  | (Outcome & { readonly inputSeq: number })
  /** In the input log, and not decided in time. Without a sequence if that is not known. */
  | { readonly kind: 'pending'; readonly inputSeq: number | null }
  /** Not in the input log: something else is, that was not expected. */
  | { readonly kind: 'conflict' }

const TAKEN_WITHIN_MS = 2_000
const DECIDED_WITHIN_MS = 2_000

/** Publishes commands to the input log and waits for their outcomes. */
export class Commander {
  readonly #inputs: CommandInputs
  readonly #feed: RiskFeed
  readonly #outcomes: Outcomes
  readonly #reader: RiskLogReader
  readonly #decidedWithinMs: number

  /** @param decidedWithinMs after this time a command is answered as not decided yet */
  constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    feed: RiskFeed,
    outcomes: Outcomes,
    reader: RiskLogReader,
    decidedWithinMs = DECIDED_WITHIN_MS,
  ) {
    this.#inputs = new CommandInputs(jetstream(connection, { timeout: TAKEN_WITHIN_MS }), manager)
    this.#feed = feed
    this.#outcomes = outcomes
    this.#reader = reader
    this.#decidedWithinMs = decidedWithinMs
  }

  /** @throws if the input log does not store it: then it may be sent again, under the same key */
  async send(command: Command, sending: Sending): Promise<CommandOutcome> {
    const watch = this.#outcomes.watch(command)
    try {
      const taken = await this.#inputs.put(command, sending)
      if (taken === null) return { kind: 'conflict' }
      if ((await within(this.#feed.current, this.#decidedWithinMs)) === 'late')
        return { kind: 'pending', inputSeq: await this.#feed.inputSeqOf(taken.seq) }
      const inputSeq = taken.seq + this.#feed.inputsOffset
      const outcome = watch.outcomeOf(inputSeq)
      // A repeated command may have been decided already.
      const before = taken.duplicate ? await this.#reader.byInput(command.log, inputSeq) : null
      if (before !== null) return { ...outcomeIn(before, command), inputSeq }
      const decided = await within(outcome, this.#decidedWithinMs)
      if (decided !== 'late') return { ...decided, inputSeq }
      return { kind: 'pending', inputSeq: await this.#feed.inputSeqOf(taken.seq) }
    } finally {
      watch.close()
    }
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>()
  const timer = setTimeout(() => resolve('late'), ms)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
