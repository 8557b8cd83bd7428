import { headerNames, streams } from '@drawbridge/contracts'
import { HEALTHY } from './database.ts'
import { ALL } from './disturbances.ts'
import type { StoredMessage } from './nats/simulated-server.ts'
import { type FaultParts, NodeFaults } from './node-faults.ts'
import type { SimulatedNode } from './nodes/node.ts'
import type { Trouble } from './scenarios/scenario.ts'
import type { Moment } from './traps.ts'

/** A kind of fault: with that process, for this many milliseconds. */
type Kind = (node: SimulatedNode, forMs: number) => void

/** All steps of the clock together stay below what anything waits for. */
const STEPS_MAX_MS = 60_000
/** By then, a follower of a stream has noticed that its consumer is lost, and has another. */
const FOUND_WITHIN_MS = 8_000
/** A crash point is among this many awaits from the start of a process: during its start, or during a run. */
const AWAITS = [50, 2_000]

/** Chooses from the seed what goes wrong, when and for how long. */
export class Faults implements Trouble {
  readonly missed = null
  readonly #parts: FaultParts
  readonly #everyMs: number
  readonly #onNodes: NodeFaults
  #serverIsAway = false
  #clockAheadMs = 0
  #steppedMs = 0
  #going = true

  /** The kinds of faults of this run. */
  readonly #kinds: readonly Kind[]

  /** @param everyMs mean time from one to the next */
  constructor(parts: FaultParts, everyMs: number) {
    this.#parts = parts
    this.#onNodes = new NodeFaults(parts)
    this.#everyMs = everyMs
    this.#kinds = parts.random.some<Kind>([
      (node) => this.#onNodes.crash(node),
      (node) => this.#onNodes.crash(node),
      () => this.#crashGuardians(),
      () => this.#crashWhenStored(),
      () => this.#crashWhenStored(),
      () => this.#crashIn('begun'),
      () => this.#crashIn('committed'),
      (_, forMs) => this.#cutWhenStored(forMs),
      (_, forMs) => this.#cutWhenStored(forMs),
      (node) => node.stop(),
      (node, forMs) => this.#onNodes.cut(node, forMs),
      (node, forMs) => this.#onNodes.cut(node, forMs),
      (node) => this.#freeze(node),
      (node) => this.#freeze(node),
      (node, forMs) => this.#lag(node, forMs),
      (_, forMs) => this.#serverAway(forMs),
      () => this.#full(),
      () => this.#full(),
      () => this.#loseConsumers(),
      () => this.#loseConsumers(),
      () => this.#loseRoute(),
      () => this.#loseRoute(),
      () => this.#loseRoute(),
      () => this.#stepClock(),
      (_, forMs) => this.#databaseAway(forMs),
      (_, forMs) => this.#databaseUncertain(forMs),
      (_, forMs) => this.#databaseSlow(forMs),
    ])
  }

  get clockAheadMs(): number {
    return this.#clockAheadMs
  }

  get steppedMs(): number {
    return this.#steppedMs
  }

  start(): void {
    if (this.#parts.crashPoints.chance(0.5)) this.#parts.fleet.onStart = (node) => this.#planCrashPoint(node)
    this.#nextLater()
  }

  end(): void {
    this.#going = false
    this.#parts.traps.clear()
    this.#parts.awaits.clear()
    this.#parts.repairs.all()
    this.#parts.trace.add('world', 'everything is repaired')
  }

  #nextLater(): void {
    setTimeout(() => {
      if (!this.#going) return
      this.#one()
      this.#nextLater()
    }, this.#parts.random.waitOf(this.#everyMs))
  }

  #one(): void {
    const { fleet, random } = this.#parts
    const { nodes } = fleet
    if (nodes.length === 0) return
    const forMs = random.waitOf(random.pick([300, 2_000, 8_000]))
    random.pick(this.#kinds)(random.pick(nodes), forMs)
  }

  /** A process may have a crash point at any of its awaits; during its start there are few, so each is likely. */
  #planCrashPoint(node: SimulatedNode): void {
    const { crashPoints } = this.#parts
    if (!this.#going || !crashPoints.chance(0.5)) return
    const count = crashPoints.between(1, crashPoints.pick(AWAITS))
    this.#onNodes.planCrashPoint(node, count, crashPoints.pick(['crash', 'cut']), crashPoints.waitOf(2_000))
  }

  #crashGuardians(): void {
    for (const node of this.#parts.fleet.nodes) if (node.role === 'guardian') this.#onNodes.crash(node)
  }

  /** Between the store and the acknowledgement. */
  #crashWhenStored(): void {
    this.#parts.trace.add('world', 'will kill the publisher of the next event')
    this.#parts.traps.whenStored(streams.risk, (message) => {
      const node = this.#publisherOf(message)
      if (node !== null) this.#onNodes.crash(node)
    })
  }

  /** Before the COMMIT, or between it and the acks. */
  #crashIn(moment: Moment): void {
    this.#parts.trace.add('world', `will kill the next persister with a transaction ${moment}`)
    this.#parts.traps.whenTransaction(moment, (by) => {
      const node = this.#parts.fleet.named(by)
      if (node !== null) this.#onNodes.crash(node)
    })
  }

  /** The acknowledgement is lost. */
  #cutWhenStored(forMs: number): void {
    const { random, fleet, trace } = this.#parts
    if (random.chance(0.5)) {
      trace.add('world', 'will cut off the publisher of the next event')
      this.#parts.traps.whenStored(streams.risk, (message) => {
        const node = this.#publisherOf(message)
        if (node !== null) this.#onNodes.cut(node, forMs)
      })
      return
    }
    trace.add('world', 'will cut off the bot of the next tick')
    this.#parts.traps.whenStored(streams.inputs, ({ subject }) => {
      const node = fleet.bots.find((bot) => [...bot.gates.keys()].some((trader) => subject.endsWith(`.${trader}`)))
      if (node !== undefined) this.#onNodes.cut(node, forMs)
    })
  }

  #publisherOf({ headers }: StoredMessage): SimulatedNode | null {
    return this.#parts.fleet.named(headers.get(headerNames.guardian) ?? '')
  }

  #freeze(node: SimulatedNode): void {
    this.#onNodes.freeze(node, this.#parts.random.pick([2_000, 5_000, 12_000, 30_000]))
  }

  #lag(node: SimulatedNode, forMs: number): void {
    this.#onNodes.lag(node, this.#parts.random.pick([50, 300, 1_500]), forMs)
  }

  #serverAway(forMs: number): void {
    const { server, disturbances, repairs, trace } = this.#parts
    if (this.#serverIsAway) return
    this.#serverIsAway = true
    trace.add('world', `stops the server for ${forMs} ms`)
    disturbances.begin(ALL)
    server.stop()
    repairs.later(forMs, () => {
      this.#serverIsAway = false
      trace.add('world', 'starts the server')
      server.start()
      disturbances.end(ALL)
    })
  }

  /** Guardians may be restarted before there is room, as operators do. */
  #full(): void {
    const { server, repairs, trace, random } = this.#parts
    const forMs = random.pick([500, 3_000, 20_000])
    const stream = random.pick([streams.risk, streams.inputs, streams.rejects, streams.rejects])
    const restarts = random.chance(0.5)
    trace.add('world', `fills ${stream} for ${forMs} ms`)
    server.setFull(stream, true)
    repairs.later(forMs, () => {
      if (restarts) this.#crashGuardians()
      trace.add('world', `makes room in ${stream}`)
      server.setFull(stream, false)
    })
  }

  /** As when a cluster loses the leading node with its consumers: there are no others until the nodes agree. */
  #loseConsumers(): void {
    const { server, disturbances, repairs, trace, random } = this.#parts
    const stream = random.pick([streams.risk, streams.inputs])
    const forMs = random.pick([1_000, 30_000])
    trace.add('world', `loses the consumers of ${stream}, and creates none for ${forMs} ms`)
    disturbances.begin(ALL)
    server.loseConsumers(stream)
    repairs.later(forMs, () => {
      trace.add('world', 'creates consumers again')
      server.makeConsumers()
      setTimeout(() => disturbances.end(ALL), FOUND_WITHIN_MS)
    })
  }

  /** As when the bots' server cannot reach the leader of RISK, while messages of guardians arrive over a third server. */
  #loseRoute(): void {
    const { random, fleet } = this.#parts
    const forMs = random.pick([1_000, 20_000, 30_000])
    for (const bot of fleet.bots) this.#onNodes.loseRoute(bot, forMs)
  }

  #stepClock(): void {
    const { random, trace } = this.#parts
    const mostMs = STEPS_MAX_MS - this.#steppedMs
    const ahead = random.between(-mostMs, mostMs)
    trace.add('world', `steps the server's clock by ${ahead} ms`)
    this.#clockAheadMs += ahead
    this.#steppedMs += Math.abs(ahead)
  }

  #databaseAway(forMs: number): void {
    this.#database('is away', forMs, { away: true })
  }

  #databaseUncertain(forMs: number): void {
    this.#database('fails and loses answers', forMs, { fails: 0.3, losesAnswers: 0.3 })
  }

  /** Longer than the ack timeout of events: another replica gets them too. */
  #databaseSlow(forMs: number): void {
    this.#database('is slow', forMs, { slowMs: 15_000 })
  }

  #database(what: string, forMs: number, faults: Partial<typeof HEALTHY>): void {
    const { database, repairs, trace } = this.#parts
    trace.add('world', `the database ${what} for ${forMs} ms`)
    Object.assign(database.faults, faults)
    repairs.later(forMs, () => {
      trace.add('world', 'the database is healthy')
      Object.assign(database.faults, HEALTHY)
    })
  }
}
