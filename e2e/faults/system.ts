import { headerNames, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { provision } from '@drawbridge/service-kit'
import { eventually, resetStreams, validConfig } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/guardian-scene'
import { Load, type Rate } from '@drawbridge/testing/load'
import { NatsServer } from '@drawbridge/testing/nats-server'
import { expect } from 'vitest'
import { Bot } from './bot.ts'
import { GuardianProcess } from './guardian-process.ts'
import { PersisterProcess, type PersisterSettings } from './persister-process.ts'

/** The shortest possible lease, so that gates close soon. */
export const LEASE_SECONDS = 2

export interface SystemSettings {
  /** Limits for `config.json`, in addition to a daily loss of 5 % and a drawdown of 20 %. */
  readonly config?: object
  /** The nodes of a cluster instead of a single server; they are closed with the system. */
  readonly nodes?: readonly NatsServer[]
}

/** All of Drawbridge on its own nats-server: guardians and persister as processes, the gates of bots in this process. */
export class System {
  readonly scene: Scene
  readonly nodes: readonly NatsServer[]
  readonly guardians: GuardianProcess[] = []
  readonly bots: Bot[] = []
  persister: PersisterProcess | null = null
  #load: Load | null = null
  #pairs = 0

  private constructor(scene: Scene, nodes: readonly NatsServer[]) {
    this.scene = scene
    this.nodes = nodes
  }

  static async open({ config = {}, nodes }: SystemSettings = {}): Promise<System> {
    const all = nodes ?? [await NatsServer.start()]
    try {
      const url = all.map((node) => node.url).join(',')
      // Nodes that have just been started must agree before they take a stream.
      const scene = await eventually(() => Scene.open(config, url), { timeoutMs: 60_000, what: 'the streams' })
      if (all.length > 1) await replicate(scene, config, all.length)
      return new System(scene, all)
    } catch (error) {
      for (const node of all) await node.close()
      throw error
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of this.nodes) node.goOn()
    for (const guardian of this.guardians) await guardian.kill()
    await this.persister?.close()
    // Bots would give waiting ticks a moment to be sent; but no server is left.
    await Promise.all([...this.bots.map((bot) => bot.close()), this.#load?.stop()])
    await this.scene.close()
    for (const node of this.nodes) await node.close()
  }

  get url(): string {
    return this.scene.url
  }

  /** The single server. */
  get server(): NatsServer {
    const [server] = this.nodes
    if (server === undefined) throw new Error('there is no server')
    return server
  }

  get running(): readonly GuardianProcess[] {
    return this.guardians.filter((guardian) => guardian.isRunning)
  }

  /** Starts a guardian, and does not wait for it. */
  spawnGuardian(url = this.url): GuardianProcess {
    const guardian = new GuardianProcess(url, { LEASE_SECONDS: String(LEASE_SECONDS) })
    this.guardians.push(guardian)
    return guardian
  }

  /** Starts several guardians at the same time; resolves when all of them are deciding. */
  async startGuardians(count: number): Promise<void> {
    const started = Array.from({ length: count }, () => this.spawnGuardian())
    await Promise.all(started.map((guardian) => guardian.ready()))
  }

  async startPersister(settings?: PersisterSettings): Promise<PersisterProcess> {
    this.persister = await PersisterProcess.start(this.url, settings)
    return this.persister
  }

  async startLoad(rate?: Rate): Promise<Load> {
    this.#load = await Load.start(this.url, rate)
    return this.#load
  }

  /** A bot whose gate has opened: it reported 1000, with more fields of a tick if given. */
  async connectBot(id: TraderId, url = this.url, more: object = {}): Promise<Bot> {
    const bot = await Bot.connect(id, url, LEASE_SECONDS * 1_000)
    this.bots.push(bot)
    bot.report(1000, more)
    await bot.untilOpen()
    return bot
  }

  /**
   * Two bots whose gates are open. What they do next, {@link trade}, lets one of them go on and stops the other. A second
   * pair takes the place of the first.
   */
  async connectBots(url = this.url): Promise<void> {
    await Promise.all(this.bots.splice(0).map((bot) => bot.close()))
    this.#pairs += 1
    const suffix = this.#pairs === 1 ? '' : `-${this.#pairs}`
    await Promise.all(['calm', 'loser'].map((name) => this.connectBot(name + suffix, url)))
  }

  /** The bot that is only stopped by faults of the system. */
  get calm(): Bot {
    return this.#bot('calm')
  }

  /** The bot that loses more than its limit in {@link trade}. */
  get loser(): Bot {
    return this.#bot('loser')
  }

  /** One bot reports gains, the other a loss beyond its limit. */
  trade(): void {
    for (const bot of this.bots) bot.report(bot.id.startsWith('loser') ? 700 : 1001)
  }

  #bot(name: string): Bot {
    const bot = this.bots.find(({ id }) => id.startsWith(name))
    if (bot === undefined) throw new Error('there are no bots')
    return bot
  }

  /** The active guardian, by the newest event. */
  async active(): Promise<GuardianProcess> {
    return eventually(
      async () => {
        const last = await lastMessage(this.scene.manager, streams.risk, subjects.storedAll)
        const name = last?.header.get(headerNames.guardian) ?? ''
        return this.running.find((guardian) => guardian.isNamed(name))
      },
      { timeoutMs: 30_000, what: 'a running guardian to store an event' },
    )
  }

  /** The active guardian, once it is another one than this. */
  async activeOtherThan(former: GuardianProcess): Promise<GuardianProcess> {
    return eventually(
      async () => {
        const active = await this.active()
        return active === former ? null : active
      },
      { timeoutMs: 30_000, what: 'another guardian to become active' },
    )
  }

  /** Waits until the log has this many more events. */
  async decided(events: number): Promise<void> {
    const timeoutMs = 60_000
    const now = await eventually(() => this.scene.lastSeq(streams.risk), { timeoutMs, what: 'the risk log' })
    await eventually(async () => (await this.scene.lastSeq(streams.risk)) >= now + events, {
      timeoutMs,
      what: `${events} more events`,
    })
  }

  /** Waits until the watermark of each running guardian includes every present input. */
  async settled(): Promise<void> {
    const end = await eventually(() => this.scene.lastSeq(streams.inputs), { what: 'the input log' })
    for (const guardian of this.running) {
      await eventually(async () => (await guardian.metric('guardian_settled_sequence')) >= end, {
        timeoutMs: 60_000,
        what: `input ${end} to be settled`,
      })
    }
  }

  /** A metric of each running guardian, summed. */
  async sum(metric: string): Promise<number> {
    const values = await Promise.all(this.running.map((guardian) => guardian.metric(metric)))
    return values.reduce((total, value) => total + value, 0)
  }

  /**
   * Ends the load and waits until everything is decided. Then: one event per input, in order, byte for byte the result of an
   * uninterrupted run; no running guardian differs; each gate agrees with the log; the history equals the log.
   */
  async expectSound(): Promise<void> {
    await this.#load?.stop()
    for (const bot of this.bots) await bot.untilReported(this.scene)
    await this.settled()
    const { events } = await this.scene.expectSameAsOffline()
    expect(events.length).toBeGreaterThan(0)
    expect(await this.sum('guardian_divergence_total')).toBe(0)
    expect(await this.sum('guardian_inputs_lost_total')).toBe(0)
    for (const bot of this.bots) await bot.expectAsLogged(this.scene)
    await this.persister?.expectHistoryIsLog(this.scene)
  }

  /** As {@link expectSound}, and the bots after {@link trade}: one may go on, the other is stopped by its limit. */
  async expectSoundTrades(): Promise<void> {
    await this.expectSound()
    // Comparing the logs blocks this process, and so delays the heartbeats for its gates.
    const isAsTraded = () =>
      this.calm.blockedBy === null && (this.loser.blockedBy ?? '').includes('max_daily_loss: 30 % reached')
    await eventually(isAsTraded, { what: 'one gate to be open, and the other closed by its limit' })
  }
}

/** Creates the streams again, with a replica on each node. */
async function replicate({ connection }: Scene, settings: object, replicas: number): Promise<void> {
  const config = validConfig({ limits: { max_daily_loss: 5, max_drawdown: 20 }, ...settings })
  await resetStreams(connection)
  await eventually(() => provision(connection, config, replicas), { timeoutMs: 60_000, what: 'the streams' })
}
