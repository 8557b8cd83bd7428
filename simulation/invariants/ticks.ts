import { parseInputSubject } from '@drawbridge/contracts'
import type { StoredMessage } from '../nats/simulated-server.ts'
import type { TraderNode } from '../nodes/trader-node.ts'
import type { Report } from '../trace.ts'

/** The ticks of each process are numbered from another multiple of this. */
export const TICKS_OF_A_PROCESS = 1_000_000

/** Each tick that a bot reports is in the input log once, in the order of the reports, unless its process died. */
export class TickInvariants {
  readonly #report: Report
  /** Number of the last tick that is stored, by trader and process. */
  readonly #last = new Map<string, number>()
  readonly #decoder = new TextDecoder()

  constructor(report: Report) {
    this.#report = report
  }

  onInput({ subject, data, seq: streamSeq }: StoredMessage): void {
    const address = parseInputSubject(subject)
    if (address.kind !== 'tick') return
    const seq = numberIn(this.#decoder.decode(data))
    if (seq === null) return
    const key = `${address.trader} ${Math.floor(seq / TICKS_OF_A_PROCESS)}`
    const last = this.#last.get(key) ?? Math.floor(seq / TICKS_OF_A_PROCESS) * TICKS_OF_A_PROCESS
    if (seq !== last + 1) {
      this.#report('ticks', `input ${streamSeq} is tick ${seq} of ${address.trader}; the one before is ${last}`)
    }
    this.#last.set(key, seq)
  }

  /** A tick of this process that is not in the input log, in words; null: none. */
  missing(node: TraderNode): string | null {
    for (const trader of node.gates.keys()) {
      const sent = node.lastSent(trader)
      if (sent === null) continue
      const stored = this.#last.get(`${trader} ${Math.floor(sent / TICKS_OF_A_PROCESS)}`)
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
