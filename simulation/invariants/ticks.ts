import { INPUT_IDS_KNOWN_MS, parseInputSubject } from '@drawbridge/contracts'
import type { StoredMessage } from '../nats/simulated-server.ts'
import type { TraderNode } from '../nodes/trader-node.ts'
import type { Report } from '../trace.ts'

/** The ticks of each process are numbered from another multiple of this. */
export const TICKS_OF_A_PROCESS = 1_000_000

/**
 * Each tick that a bot reports is in the input log, in the order of the reports, unless its process died. One whose answer was
 * lost for longer than the stream knows message ids may be there again, before the next one.
 */
export class TickInvariants {
  readonly #report: Report
  /** The last tick that is stored, and when it was, by trader and process. */
  readonly #last = new Map<string, { readonly seq: number; readonly time: number }>()
  readonly #decoder = new TextDecoder()

  constructor(report: Report) {
    this.#report = report
  }

  onInput({ subject, data, time, seq: streamSeq }: StoredMessage): void {
    const address = parseInputSubject(subject)
    if (address.kind !== 'tick') return
    const seq = numberIn(this.#decoder.decode(data))
    if (seq === null) return
    const begin = Math.floor(seq / TICKS_OF_A_PROCESS)
    const key = `${address.trader} ${begin}`
    const last = this.#last.get(key) ?? { seq: begin * TICKS_OF_A_PROCESS, time: Number.POSITIVE_INFINITY }
    const isForgotten = seq === last.seq && time - last.time >= INPUT_IDS_KNOWN_MS
    if (seq !== last.seq + 1 && !isForgotten) {
      this.#report('ticks', `input ${streamSeq} is tick ${seq} of ${address.trader}; the one before is ${last.seq}`)
    }
    this.#last.set(key, { seq, time })
  }

  /** A tick of this process that is not in the input log, in words; null: none. */
  missing(node: TraderNode): string | null {
    for (const trader of node.gates.keys()) {
      const sent = node.lastSent(trader)
      if (sent === null) continue
      const stored = this.#last.get(`${trader} ${Math.floor(sent / TICKS_OF_A_PROCESS)}`)?.seq
      if (stored !== sent) return `tick ${sent} of ${trader} is not stored; the last stored one is ${stored}`
    }
    return null
  }
}

/** Null: not a tick of our bots. */
function numberIn(text: string): number | null {
  const found = /"seq":(\d+)/.exec(text)
  return found?.[1] === undefined ? null : Number(found[1])
}
