import { subjects } from '@drawbridge/contracts'
import type { Random } from '@drawbridge/testing/random'
import { type Awaits, describeMoment, isOfDatabase, type Moment } from './awaits.ts'
import type { Database } from './database.ts'
import type { Disturbances } from './disturbances.ts'
import type { Fleet } from './fleet.ts'
import type { SimulatedServer } from './nats/simulated-server.ts'
import type { Network } from './network.ts'
import type { SimulatedNode } from './nodes/node.ts'
import type { Repairs } from './repairs.ts'
import type { Trace } from './trace.ts'
import type { Traps } from './traps.ts'

/** Everything that faults concern. */
export interface FaultParts {
  readonly server: SimulatedServer
  readonly network: Network
  readonly database: Database
  readonly disturbances: Disturbances
  readonly awaits: Awaits
  readonly repairs: Repairs
  readonly trace: Trace
  readonly fleet: Fleet
  readonly traps: Traps
  readonly random: Random
  /** For crash points. */
  readonly crashPoints: Random
}

/** What happens to a process at its crash point: it dies, or its connection breaks. */
export type CrashPointKind = 'crash' | 'cut'

/** By then, a process that received no decision has asked again, and has an answer. */
const HEARD_WITHIN_MS = 8_000

/** Faults of one process, or of its connections. */
export class NodeFaults {
  readonly #parts: FaultParts

  constructor(parts: FaultParts) {
    this.#parts = parts
  }

  crash(node: SimulatedNode): void {
    this.#parts.trace.add('world', `kills ${node.name}`)
    node.kill()
  }

  cut({ name }: SimulatedNode, forMs: number): void {
    const { server, disturbances, repairs, trace } = this.#parts
    trace.add('world', `cuts off ${name} for ${forMs} ms`)
    disturbances.begin(name)
    server.cut(name)
    repairs.later(forMs, () => {
      trace.add('world', `lets ${name} connect`)
      server.heal(name)
      disturbances.end(name)
    })
  }

  /** Neither decisions nor answers about them arrive; heartbeats and ticks do. */
  loseRoute({ name }: SimulatedNode, forMs: number): void {
    const { server, disturbances, repairs, trace } = this.#parts
    trace.add('world', `loses what RISK sends to ${name} for ${forMs} ms`)
    disturbances.begin(name, 'decisions')
    server.loseSubjects(name, [subjects.storedAll.replace('>', ''), subjects.newest('')])
    repairs.later(forMs, () => {
      trace.add('world', `lets ${name} hear RISK`)
      server.findSubjects(name)
      setTimeout(() => disturbances.end(name, 'decisions'), HEARD_WITHIN_MS)
    })
  }

  cutDatabase({ name }: SimulatedNode, forMs: number): void {
    const { database, repairs, trace } = this.#parts
    trace.add('world', `cuts off ${name} from the database for ${forMs} ms`)
    database.cut(name)
    repairs.later(forMs, () => {
      trace.add('world', `lets ${name} reach the database`)
      database.heal(name)
    })
  }

  /** By SIGSTOP and SIGCONT; nothing else can end it. */
  freeze(node: SimulatedNode, forMs: number): void {
    const { disturbances, trace } = this.#parts
    const { name } = node
    trace.add('world', `stops ${name} for ${forMs} ms`)
    disturbances.begin(name)
    node.freeze()
    setTimeout(() => {
      trace.add('world', `lets ${name} go on`)
      node.thaw()
      disturbances.end(name)
    }, forMs)
  }

  /** @param mostMs the most that a frame takes beyond the usual */
  lag({ name }: SimulatedNode, mostMs: number, forMs: number): void {
    const { network, disturbances, repairs, trace } = this.#parts
    trace.add('world', `delays frames of ${name} by up to ${mostMs} ms for ${forMs} ms`)
    disturbances.begin(name)
    network.lag(name, mostMs)
    repairs.later(forMs, () => {
      network.hasten(name)
      disturbances.end(name)
    })
  }

  /**
   * The process dies, or its connection to NATS or the database breaks, at this await.
   * @param count counts its awaits from its start @param forMs how long the connection stays broken
   */
  planCrashPoint(node: SimulatedNode, count: number, kind: CrashPointKind, forMs: number): void {
    const { awaits, trace } = this.#parts
    awaits.plan(node.name, count, (moment: Moment) => {
      trace.add('world', `has a crash point at await ${count} of ${node.name}, ${describeMoment(moment)}`)
      if (kind === 'crash') this.crash(node)
      else if (isOfDatabase(moment)) this.cutDatabase(node, forMs)
      else this.cut(node, forMs)
    })
  }
}
