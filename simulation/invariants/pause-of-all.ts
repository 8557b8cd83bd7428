import { parseInputSubject, type TraderId } from '@drawbridge/contracts'
import type { StoredMessage } from '../nats/simulated-server.ts'
import type { Report } from '../trace.ts'
import type { Decision } from './risk-log.ts'

/** A pause of all traders from an input on. */
interface Pause {
  readonly inputSeq: number
  /** Milliseconds since 1970; infinite: until an operator ends it; 0: it has ended. */
  readonly until: number
}

/** While all traders are paused, no decision allows entries, whoever the trader is. */
export class PauseOfAllInvariant {
  readonly #report: Report
  readonly #pauses: Pause[] = []
  readonly #decoder = new TextDecoder()

  constructor(report: Report) {
    this.#report = report
  }

  onInput({ subject, data, seq, time }: StoredMessage): void {
    if (parseInputSubject(subject).kind !== 'flags') return
    const { pause_all } = JSON.parse(this.#decoder.decode(data)) as { pause_all?: { until?: string } | null }
    if (pause_all === undefined) return
    const until = pause_all === null ? 0 : pause_all.until === undefined ? Infinity : Date.parse(pause_all.until)
    // One whose end has passed is refused, and a later one shortens none.
    if (pause_all !== null && until <= time) return
    const before = this.#pauses.at(-1)?.until ?? 0
    this.#pauses.push({ inputSeq: seq, until: pause_all === null ? 0 : Math.max(before, until) })
  }

  onDecision(trader: TraderId, { inputSeq, allowed, effectiveAt, version }: Decision): void {
    if (!allowed) return
    const until = this.#pauses.findLast((pause) => pause.inputSeq <= inputSeq)?.until ?? 0
    if (Date.parse(effectiveAt) < until) {
      this.#report('pause of all', `v${version} of ${trader} allows entries while all traders are paused`)
    }
  }
}
