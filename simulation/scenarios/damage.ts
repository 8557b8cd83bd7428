import { streams } from '@drawbridge/contracts'
import { type FaultParts, NodeFaults } from '../node-faults.ts'
import type { Trouble } from './scenario.ts'

/** What a disk does to RISK while the server is down. */
export const DAMAGES = ['holes', 'a lost block', 'a lost end', 'an older copy'] as const
export type Damage = (typeof DAMAGES)[number]

const FROM_MS = 3_500
const WITHIN_MS = 3_000
/** Older events are known to some process; younger ones may be lost and decided again. */
const HEARD_MS = 20
const DOWN_MS = [50, 500, 2_500] as const

/**
 * RISK is damaged while the server is down. From then on nothing is stored in it, each guardian says why, and gates are
 * closed. A guardian may be killed meanwhile if the stream itself shows the damage; a lost end is known only to processes
 * that keep running.
 */
export class DamageOfRisk implements Trouble {
  readonly clockAheadMs = 0
  readonly steppedMs = 0
  readonly #parts: FaultParts
  readonly #damage: Damage
  /** The last sequence of RISK after the damage; null: it is not damaged yet. */
  #end: number | null = null

  constructor(parts: FaultParts, damage: Damage) {
    this.#parts = parts
    this.#damage = damage
  }

  start(): void {
    setTimeout(() => this.#damageRisk(), FROM_MS + this.#parts.random.between(0, WITHIN_MS))
  }

  end(): void {
    // Nothing repairs it.
  }

  get missed(): string | null {
    const { server, fleet } = this.#parts
    if (this.#end === null) return 'RISK was not damaged'
    const end = server.lastSeq(streams.risk)
    if (end !== this.#end) return `RISK ended at ${this.#end} with ${this.#damage}, and ends at ${end} now`
    for (const guardian of fleet.guardians) {
      if (!guardian.dead && guardian.damage === null) return `${guardian.name} does not say that RISK is damaged`
    }
    for (const { name, gates } of fleet.bots) {
      for (const [trader, gate] of gates) {
        if (gate.canTrade('enter').allowed) return `the gate of ${trader} in ${name} is open`
        if (!gate.canTrade('reduce').allowed) return `the gate of ${trader} in ${name} does not let exposure be reduced`
      }
    }
    return null
  }

  #damageRisk(): void {
    const { server, fleet, random, trace, disturbances } = this.#parts
    disturbances.begin('*')
    server.stop()
    const kept = this.#kept()
    trace.add(
      'world',
      `stops the server; RISK has ${this.#damage}: ${kept.size} of ${server.lastSeq(streams.risk)} are left`,
    )
    server.lose(streams.risk, ({ seq }) => !kept.has(seq))
    this.#end = server.lastSeq(streams.risk)
    const isSeen = this.#damage === 'holes' || this.#damage === 'a lost block'
    if (isSeen && random.chance(0.5)) new NodeFaults(this.#parts).crash(random.pick(fleet.guardians))
    setTimeout(() => {
      trace.add('world', 'starts the server')
      server.start()
      disturbances.end('*')
    }, random.pick(DOWN_MS))
  }

  /** The remaining sequences. */
  #kept(): ReadonlySet<number> {
    const { server, random } = this.#parts
    const messages = server.messages(streams.risk)
    const all = messages.map(({ seq }) => seq)
    const heard = messages.filter(({ time }) => time < Date.now() - HEARD_MS).map(({ seq }) => seq)
    // The last one remains, unless the end is lost.
    const end = all.length - 1
    const [first, count] = [random.between(0, end - 1), random.between(1, random.pick([3, 40]))]
    switch (this.#damage) {
      case 'holes':
        return new Set(all.filter((_, index) => index === end || (index !== first && !random.chance(0.1))))
      case 'a lost block':
        return new Set(all.filter((_, index) => index === end || index < first || index >= first + count))
      case 'a lost end':
        return new Set(heard.slice(0, -count))
      case 'an older copy':
        return new Set(all.slice(0, Math.ceil(all.length / random.between(2, 5))))
      default:
        return this.#damage satisfies never
    }
  }
}
