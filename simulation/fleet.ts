import type { TraderId } from '@drawbridge/contracts'
import type { Random } from '@drawbridge/testing/random'
import type { Database } from './database.ts'
import { TICKS_OF_A_PROCESS } from './invariants/ticks.ts'
import { GuardianNode } from './nodes/guardian-node.ts'
import type { Role, SimulatedNode, Surroundings } from './nodes/node.ts'
import { PersisterNode } from './nodes/persister-node.ts'
import { TraderNode, type TraderSettings } from './nodes/trader-node.ts'
import type { Settings } from './settings.ts'

/** A place for one process at a time; when it dies, another one follows. */
interface Post {
  readonly role: Role
  readonly make: () => SimulatedNode
  node: SimulatedNode | null
}

/** All processes: started at the beginning, and restarted under another name when they end. */
export class Fleet {
  /** Called with each process before it runs. */
  onStart: (node: SimulatedNode) => void = () => undefined
  readonly #settings: Settings
  readonly #random: Random
  readonly #database: Database
  readonly #onApplied: TraderSettings['onApplied']
  readonly #surroundings: Surroundings
  readonly #posts: Post[] = []
  readonly #ended: SimulatedNode[] = []
  readonly #counts: Record<Role, number> = { guardian: 0, persister: 0, trader: 0 }

  constructor(
    settings: Settings,
    random: Random,
    database: Database,
    surroundings: Omit<Surroundings, 'onEnded'>,
    onApplied: TraderSettings['onApplied'],
  ) {
    this.#settings = settings
    this.#random = random
    this.#database = database
    this.#onApplied = onApplied
    this.#surroundings = { ...surroundings, onEnded: (node) => this.#onEnded(node) }
    const { guardians, persisters, bots } = settings
    for (let index = 0; index < guardians; index += 1) this.#add('guardian', () => this.#guardian())
    for (let index = 0; index < persisters; index += 1) this.#add('persister', () => this.#persister())
    for (const traders of bots) this.#add('trader', () => this.#bot(traders))
  }

  /** Starts all processes within a second and a half. */
  start(): void {
    for (const post of this.#posts) setTimeout(() => this.#start(post), this.#random.between(0, 1_500))
  }

  get nodes(): readonly SimulatedNode[] {
    return this.#posts.flatMap(({ node }) => (node === null ? [] : [node]))
  }

  get bots(): readonly TraderNode[] {
    return this.nodes.filter((node) => node instanceof TraderNode)
  }

  /** All guardians that ever ran. */
  get guardians(): readonly GuardianNode[] {
    return [...this.#ended, ...this.nodes].filter((node) => node instanceof GuardianNode)
  }

  /** The process of a trader's bot; null while it is down. */
  botOf(trader: TraderId): TraderNode | null {
    return this.bots.find((bot) => bot.gates.has(trader) && bot.running) ?? null
  }

  named(name: string): SimulatedNode | null {
    return this.nodes.find((node) => node.name === name) ?? null
  }

  /** Whether all processes run. */
  get complete(): boolean {
    return this.#posts.every(({ node }) => node?.running === true)
  }

  #add(role: Role, make: () => SimulatedNode): void {
    this.#posts.push({ role, make, node: null })
  }

  #start(post: Post): void {
    if (post.node !== null) return
    post.node = post.make()
    this.onStart(post.node)
    post.node.run()
  }

  #onEnded(node: SimulatedNode): void {
    this.#ended.push(node)
    const post = this.#posts.find((one) => one.node === node)
    if (post === undefined) return
    post.node = null
    setTimeout(() => this.#start(post), this.#random.pick([20, 200, 1_000, 6_000]))
  }

  #name(role: Role): string {
    this.#counts[role] += 1
    return `${role}-${this.#counts[role]}`
  }

  #guardian(): SimulatedNode {
    return new GuardianNode(this.#name('guardian'), this.#surroundings)
  }

  #persister(): SimulatedNode {
    const { batchSize, flushIntervalMs } = this.#settings
    const settings = { database: this.#database, batchSize, flushIntervalMs }
    return new PersisterNode(this.#name('persister'), this.#surroundings, settings)
  }

  #bot(traders: readonly TraderId[]): SimulatedNode {
    const name = this.#name('trader')
    const firstSeq = this.#counts.trader * TICKS_OF_A_PROCESS + 1
    return new TraderNode(name, this.#surroundings, { traders, firstSeq, onApplied: this.#onApplied })
  }
}
