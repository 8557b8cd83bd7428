import { type Instant, streams } from '@drawbridge/contracts'
import type { JetStreamManager, StreamState } from '@nats-io/jetstream'

/** INPUTS is not the stream whose inputs are settled: going on would leave out inputs without a word. */
export class InputsRecreatedError extends Error {
  override readonly name = 'InputsRecreatedError'
}

/** Looks at INPUTS from outside: which stream it is, where it ends, and what its clock says. */
export class InputWatch {
  readonly #manager: JetStreamManager
  #created: string | null = null
  #serverAheadMs = 0

  constructor(manager: JetStreamManager) {
    this.#manager = manager
  }

  /** The time by the clock of JetStream as it was at the last look: pauses end by it, however wrong ours is. */
  get serverNow(): Instant {
    return Date.now() + this.#serverAheadMs
  }

  /**
   * Where INPUTS begins and ends now.
   * @param settled every input up to this stream sequence was settled before
   * @throws {InputsRecreatedError} when it ends before that, or is another stream than at the first look.
   */
  async look(settled: number): Promise<StreamState> {
    const { created, state, ts } = await this.#manager.streams.info(streams.inputs)
    this.#created ??= created
    if (created !== this.#created || state.last_seq < settled) {
      throw new InputsRecreatedError(
        `INPUTS, created ${created}, ends at ${state.last_seq}, but RISK is settled up to ${settled}: INPUTS was ` +
          'recreated. Restore INPUTS from a backup, or begin anew with both streams',
      )
    }
    if (ts !== undefined) this.#serverAheadMs = Date.parse(ts) - Date.now()
    return state
  }
}
