import type { Instant, TraderId } from '@drawbridge/contracts'
import { type InputMessage, OfflineJudge, storedEvent } from '@drawbridge/risk-engine'

/** An event as the risk log must hold it. */
export interface ExpectedEvent {
  /** The trader's id, or `config.<kind>`: events of one log are stored in the order of their inputs. */
  readonly log: string
  readonly subject: string
  readonly text: string
  readonly inputSeq: number
}

/** What an input comes to. */
export interface Judged {
  readonly events: readonly ExpectedEvent[]
  /** Whether REJECTS must hold the input. */
  readonly rejected: boolean
}

/** What one undisturbed guardian would decide: the inputs in their order, judged by nothing but the engine. */
export class Reference {
  readonly #judge = new OfflineJudge()
  readonly #decoder = new TextDecoder()

  /** When a wake-up of the trader is due, after all inputs so far; null: none is. */
  wakeAt(trader: TraderId, now: Instant): Instant | null {
    return this.#judge.wakeAt(trader, now)
  }

  judge(input: InputMessage): Judged {
    const { events, rejected } = this.#judge.judge(input)
    const expected = events.map((event) => {
      this.#judge.take(event)
      const { data, ...place } = storedEvent(event)
      return { ...place, text: this.#decoder.decode(data) }
    })
    return { events: expected, rejected }
  }
}
