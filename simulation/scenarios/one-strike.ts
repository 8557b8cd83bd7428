import type { FaultParts } from '../faults.ts'
import { NodeFaults, type StrikeKind } from '../node-faults.ts'
import type { SimulatedNode } from '../nodes/node.ts'
import type { Trouble } from '../trouble.ts'

/** How long a way stays broken. */
const CUT_MS = 700

export interface PlannedStrike {
  /** The process that is struck. */
  readonly name: string
  /** At that one of its awaits; 0: at none. */
  readonly count: number
  readonly kind: StrikeKind
}

/** One process is struck once, at one of its awaits; all else goes well. */
export class OneStrike implements Trouble {
  readonly clockAheadMs = 0
  readonly steppedMs = 0
  readonly #parts: FaultParts
  readonly #onNodes: NodeFaults
  readonly #plan: PlannedStrike

  constructor(parts: FaultParts, plan: PlannedStrike) {
    this.#parts = parts
    this.#onNodes = new NodeFaults(parts)
    this.#plan = plan
  }

  start(): void {
    this.#parts.fleet.onStart = (node) => this.#planFor(node)
  }

  end(): void {
    // Its last awaits may come later.
  }

  get missed(): string | null {
    const { name, count } = this.#plan
    const come = this.#parts.awaits.count(name)
    return come < count ? `${name} has only ${come} awaits; await ${count} was to be struck` : null
  }

  #planFor(node: SimulatedNode): void {
    const { name, count, kind } = this.#plan
    if (node.name === name) this.#onNodes.strike(node, count, kind, CUT_MS)
  }
}
