import { userInfo } from 'node:os'
import {
  encodeConfigEvent,
  encodeSettled,
  type FlagsEvent,
  headerNames,
  type LimitsEvent,
  type RiskEvent,
  riskEventToMessage,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { isStreamMissing, lastSeqOf, readStream, type StreamMessage } from '@drawbridge/nats'
import { applyConfiguration, BUILT_IN_CONFIGURATION, decideConfiguration } from '@drawbridge/risk-engine'
import type { ServiceHere } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/persister-scene'
import { START, TraderLog } from '@drawbridge/testing/trader-log'
import { expect } from 'vitest'
import { keepTables } from './kept-tables.ts'

/** A message of RISK in words. */
export interface Held {
  readonly subject: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly guardian: string
}

/** Without users of NATS nobody vouches for that of the system. */
const BY = `unverified:${userInfo().username}`
const nobody = { inputSeq: 0, recordedAt: START, reason: null, by: 'ada' }
const FLAGS: FlagsEvent = {
  ...nobody,
  kind: 'flags',
  inputSeq: 1,
  enforcement: true,
  persistence: true,
  previous: null,
}
const limitsChange = {
  kind: 'limits',
  limits: { maxDrawdownPct: 15_00000000n },
  traders: {},
  maxTraders: null,
} as const
const LIMITS = decideConfiguration(
  BUILT_IN_CONFIGURATION,
  { ...limitsChange, reason: null, by: 'ada' },
  2,
  START,
) as LimitsEvent

/** A history of some traders in the database, made from a log that is lost; a new and empty one is in its place. */
export class LostLog {
  readonly scene: Scene
  /** When the lost log was created. */
  readonly lost: string
  /** The last event of each trader, by trader. */
  readonly last: readonly RiskEvent[]
  readonly configurations = [FLAGS, LIMITS] as const
  readonly #bringBackTables: () => Promise<void>
  readonly #persisters: ServiceHere[] = []

  private constructor(scene: Scene, lost: string, last: readonly RiskEvent[], bringBackTables: () => Promise<void>) {
    this.scene = scene
    this.lost = lost
    this.last = last
    this.#bringBackTables = bringBackTables
  }

  /** @param start of the first input; after now: INPUTS cannot be a new one */
  static async open(start = START): Promise<LostLog> {
    const scene = await Scene.open()
    const { created } = await scene.manager.streams.info(streams.risk)
    const configuration = applyConfiguration(applyConfiguration(BUILT_IN_CONFIGURATION, FLAGS), LIMITS)
    const traders = ['calm', 'loser', 'rested', 'silent', 'wrong'].map((name) => new TraderLog(name, start))
    for (const trader of traders) {
      trader.configuration = configuration
      trader.tick(1000, { balance: 900_00000000n })
      trader.tick(1010, { seq: 7 })
    }
    const [, loser, rested, , wrong] = traders
    loser?.tick(850, { seq: 8 })
    loser?.tick(849, { seq: 9 })
    rested?.control({ kind: 'pause', until: null, firm: false, reason: 'holiday', by: 'ada' })
    wrong?.unreadableTick('is not JSON')
    const persister = await scene.startPersister()
    await scene.publishRaw(subjects.outConfig('flags'), encodeConfigEvent(FLAGS))
    await scene.publishRaw(subjects.outConfig('limits'), encodeConfigEvent(LIMITS))
    const events = traders.flatMap((trader) => trader.events)
    await scene.publish(events)
    await scene.untilStored(events.length)
    await scene.untilAllAcked()
    await persister.stop()
    const lost = new LostLog(
      scene,
      created,
      traders.map((trader) => trader.events.at(-1) as RiskEvent),
      await keepTables(scene.pool),
    )
    await lost.makeAnew()
    return lost
  }

  /** Brings all back to what it was when it was opened, whatever a test has done to it. */
  async bringBack(): Promise<void> {
    for (const persister of this.#persisters.splice(0)) await persister.stop()
    await this.#bringBackTables()
    await this.makeAnew()
  }

  /** Starts a persister, until all is brought back. */
  async startPersister(): Promise<ServiceHere> {
    const persister = await this.scene.startPersister()
    this.#persisters.push(persister)
    return persister
  }

  /** Deletes RISK once more and makes it again; the tables are as they were when the first one was lost. */
  async makeAnew(): Promise<void> {
    const { manager } = this.scene
    await manager.streams.delete(streams.risk).catch((error: unknown) => {
      if (!isStreamMissing(error)) throw error
    })
    await this.scene.provision()
    await this.scene.pool.query('TRUNCATE risk_log_adoption')
    await this.scene.pool.query('UPDATE risk_log_epoch SET created = $1', [this.lost])
  }

  async createdAt(stream: string): Promise<string> {
    return (await this.scene.manager.streams.info(stream)).created
  }

  /** All that RISK holds. */
  async held(): Promise<Held[]> {
    const { connection } = this.scene
    const held: Held[] = []
    const wordsOf = (message: StreamMessage) => ({
      subject: message.subject,
      payload: message.json<Record<string, unknown>>(),
      guardian: message.headers?.get(headerNames.guardian) ?? '',
    })
    const range = { stream: streams.risk, from: 1, to: await lastSeqOf(connection, streams.risk) }
    for await (const messages of readStream(connection, range)) held.push(...messages.map(wordsOf))
    return held
  }

  /**
   * What RISK must hold when it is adopted: the word that claims it, the last events, the configurations, the answers to
   * the inputs 1 and 2 of the new INPUTS, by which provision started again, and the last word.
   */
  async adopted(): Promise<Held[]> {
    const inputsCreated = await this.createdAt(streams.inputs)
    const newest = Math.max(...this.last.map(({ state }) => state.inputSeq))
    const binding = { inputsCreated, continues: [this.lost] }
    const heldAs = (subject: string, bytes: Uint8Array): Held => ({
      subject,
      payload: JSON.parse(new TextDecoder().decode(bytes)) as Held['payload'],
      guardian: 'adopt-log',
    })
    return [
      heldAs(subjects.config('settled'), encodeSettled({ ...binding, settled: 0, adopting: true })),
      ...this.last.map((event) => ({
        subject: subjects.event(event.type, event.trader),
        payload: riskEventToMessage(event) as unknown as Held['payload'],
        guardian: 'adopt-log',
      })),
      ...this.configurations.map((event) => heldAs(subjects.config(event.kind), encodeConfigEvent(event))),
      ...this.configurations.map((event, index) => {
        const { subject, payload, guardian } = heldAs(subjects.config(event.kind), encodeConfigEvent(event))
        const reason = 'adopt-log: what was in force before the log was lost stays'
        const input = { inputSeq: newest + index + 1, recordedAt: expect.any(String), by: BY, onBehalfOf: 'provision' }
        // It names nothing.
        const previous = event.kind === 'flags' ? {} : { defaults: {}, traders: {} }
        return { subject, guardian, payload: { ...payload, ...input, reason, previous } }
      }),
      heldAs(subjects.config('settled'), encodeSettled({ ...binding, settled: newest, inputsOffset: newest })),
    ]
  }

  /** The one row of the table of adoptions, without its times. */
  async adoption(): Promise<unknown> {
    const { rows } = await this.scene.pool.query(
      `SELECT created, previous, inputs_offset::int, settled::int, "by", reason, finished_at IS NOT NULL AS finished
       FROM risk_log_adoption`,
    )
    return rows.length === 1 ? rows[0] : rows
  }

  async bound(): Promise<string | undefined> {
    return (await this.scene.query<{ created: string }>('SELECT created FROM risk_log_epoch'))[0]?.created
  }
}
