import { type CrashPointKind, type FaultParts, NodeFaults } from '../node-faults.ts'
import type { SimulatedNode } from '../nodes/node.ts'
import type { Trouble } from './scenario.ts'

/** How long a connection stays broken. */
const CUT_MS = 700

interface CrashPoint {
  /** The process. */
  readonly name: string
  /** Which of its awaits; 0: none. */
  readonly count: number
  readonly kind: CrashPointKind
}

/** One process has one crash point; nothing else goes wrong. */
export class OneCrashPoint implements Trouble {
  readonly clockAheadMs = 0
  readonly steppedMs = 0
  readonly #parts: FaultParts
  readonly #onNodes: NodeFaults
  readonly #plan: CrashPoint

  constructor(parts: FaultParts, plan: CrashPoint) {
    this.#parts = parts
    this.#onNodes = new NodeFaults(parts)
    this.#plan = plan
  }

  start(): void {
    this.#parts.fleet.onStart = (node) => this.#planFor(node)
  }

  end(): void {
    // The crash point may still come.
  }

  get missed(): string | null {
    const { name, count } = this.#plan
    const reached = this.#parts.awaits.count(name)
    return reached < count ? `${name} has only ${reached} awaits; the crash point is await ${count}` : null
  }

  #planFor(node: SimulatedNode): void {
    const { name, count, kind } = this.#plan
    if (node.name === name) this.#onNodes.planCrashPoint(node, count, kind, CUT_MS)
  }
}
