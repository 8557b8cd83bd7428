import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Gate } from '@drawbridge/client'
import {
  type Amount,
  headerNames,
  type Instant,
  type RiskEvent,
  standingOf,
  streams,
  subjects,
  type TraderId,
  toJsonBytes,
} from '@drawbridge/contracts'
import { Backoff, isWrongLastSequence, lastMessage } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import type { TraderSource } from '@drawbridge/settings'
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { parseBars } from './core/bars.ts'
import { type BarReport, Simulation, tickOf } from './core/simulation.ts'

const SP500 = new URL('../data/sp500-2000.csv', import.meta.url)
const GATE_LOOK_MS = 20
const START_AGAIN = 'start again with new streams, or with the same file and settings'

interface ReplayOptions {
  readonly trader: TraderId
  readonly simulation: Simulation
  readonly gate: Gate
  readonly client: JetStreamClient
  readonly manager: JetStreamManager
  readonly stopping: AbortSignal
  readonly log: Logger
}

/**
 * Runs a paper account through its bars in lockstep: the next bar is sent when the decision on this one is known. A
 * restarted replay reads its decisions from the first one, repeats the account with them, and continues where they end:
 * the same code, but the bars are in the log already.
 */
export class Replay {
  readonly #options: ReplayOptions
  readonly #events: RiskEvent[] = []
  #heard: () => void = () => undefined
  #status: 'running' | 'finished' | 'failed' = 'running'
  #error: string | null = null
  #loggedVersion = 0
  /** Stream sequence of the trader's last tick; 0: none; null: unknown. */
  #lastSeq: number | null = null
  /** The reading that was heard last, and when the last tick was accepted, after the last received event. */
  #equity: Amount | null = null
  #tickAt: Instant | null = null

  constructor(options: ReplayOptions) {
    this.#options = options
  }

  get progress() {
    const { simulation } = this.#options
    const account = this.#status === 'finished' ? simulation.outcome : null
    return { status: this.#status, bars: simulation.done, total: simulation.total, error: this.#error, account }
  }

  /** Applies a decision on this trader, in the order of the log. */
  onEvent(event: RiskEvent): void {
    if (this.#status !== 'running') return
    const { tickSeq, state, facts } = event
    const [equityBefore, tickAtBefore] = [this.#equity, this.#tickAt]
    this.#equity = reportedIn(event)
    this.#tickAt = state.lastTickAt
    const hasCashFlow = facts.some((fact) => fact.kind === 'cash-flow')
    const isNoTick = state.lastTickAt === tickAtBefore && tickAtBefore !== null
    const isCommand = tickSeq === null && (this.#equity === equityBefore || hasCashFlow || isNoTick)
    if (isCommand) return
    this.#events.push(event)
    this.#heard()
  }

  /** All decisions of the log were passed to {@link onEvent}: from now on, further bars are sent. */
  async run(): Promise<void> {
    const { simulation, stopping, log, trader } = this.#options
    this.#loggedVersion = this.#options.gate.version
    log.info({ trader, inLog: this.#events.length, bars: simulation.total }, 'replay started')
    try {
      for (let report = simulation.report(); report !== null; report = simulation.report()) {
        const event = await this.#decisionOn(report)
        if (stopping.aborted || event === null) return
        if (event.type === 'tick-rejected') throw new Error(`bar ${report.seq} was rejected: ${rejectionOf(event)}`)
        if (event.tickSeq === null)
          throw new Error(`event ${event.state.version} belongs to a tick of another sender; ${START_AGAIN}`)
        const repeated = simulation.repeat(event.tickSeq, reportedIn(event), await this.#mayEnter(event))
        if (!repeated.ok) throw new Error(`${repeated.reason}; ${START_AGAIN}`)
      }
      this.#status = 'finished'
      log.info({ trader, bars: simulation.total }, 'replay finished')
    } catch (error) {
      this.#status = 'failed'
      this.#error = error instanceof Error ? error.message : String(error)
      this.#events.length = 0
      log.error({ err: error, trader }, 'replay failed')
    }
  }

  /** The decision on a bar; sends the bar if the log has none. Null if the service stops first. */
  async #decisionOn(report: BarReport): Promise<RiskEvent | null> {
    let sent = false
    while (!this.#options.stopping.aborted) {
      const event = this.#events.shift()
      if (event === undefined) {
        await (sent ? this.#nextEvent() : this.#send(report))
        sent = true
      } else if (event.type !== 'tick-rejected' || event.tickSeq === report.seq) return event
      // Else another sender's tick was rejected, which has changed nothing.
    }
    return null
  }

  #nextEvent(): Promise<void> {
    const { stopping } = this.#options
    return new Promise((resolve) => {
      const done = () => {
        stopping.removeEventListener('abort', done)
        resolve()
      }
      this.#heard = done
      stopping.addEventListener('abort', done)
    })
  }

  /**
   * Whether the gate allows new exposure. A gate that is closed for lack of heartbeats says nothing about this bar, so this
   * waits for it; for a bar of the log, its decision counts.
   */
  async #mayEnter(event: RiskEvent): Promise<boolean> {
    const { gate, stopping } = this.#options
    const { version } = event.state
    const { allowed } = standingOf(event.state)
    if (version <= this.#loggedVersion) return allowed
    while (!gate.isLive && !stopping.aborted) await delay(GATE_LOOK_MS)
    return gate.version === version ? gate.canTrade().allowed : allowed
  }

  /** Sends a bar unless INPUTS has it, exactly once: the stream accepts it only after the last known tick. */
  async #send(report: BarReport): Promise<void> {
    const { trader, client, gate, stopping, log } = this.#options
    const payload = toJsonBytes(tickOf(report))
    const backoff = new Backoff(50, 1_000)
    const own = gate.report({ equity: report.equity })
    while (!stopping.aborted) {
      try {
        if (this.#lastSeq === null && (await this.#lastIs(payload))) break
        const expected = headers()
        expected.set(headerNames.expectedLastSubjectSequence, String(this.#lastSeq ?? 0))
        own.sending()
        const taken = await client.publish(subjects.tick(trader), payload, { headers: expected, timeout: 2_000 })
        this.#lastSeq = taken.seq
        break
      } catch (error) {
        this.#lastSeq = null
        if (isWrongLastSequence(error)) continue
        log.warn({ err: error, trader, bar: report.seq }, 'a bar was not acknowledged; retrying')
        await backoff.wait(stopping)
      }
    }
    if (this.#lastSeq === null) own.dropped()
    else own.stored(this.#lastSeq)
  }

  /** Whether the trader's last tick is this one. */
  async #lastIs(payload: Uint8Array): Promise<boolean> {
    const { manager, trader } = this.#options
    const last = await lastMessage(manager, streams.inputs, subjects.tick(trader))
    this.#lastSeq = last?.seq ?? 0
    return last !== null && Buffer.compare(last.data, payload) === 0
  }
}

/** The equity of the last tick, be it confirmed or not. */
function reportedIn({ state }: RiskEvent): Amount | null {
  return state.doubt.pending?.newest.equity ?? state.equity
}

function rejectionOf(event: RiskEvent): string {
  return event.facts.find((fact) => fact.kind === 'tick-rejected')?.reason ?? 'no reason given'
}

/** Reads the bars of a replay. @throws an error that names the file and its first invalid line */
export async function readReplay(source: Extract<TraderSource, { kind: 'replay' }>): Promise<Simulation> {
  const file = source.file ?? fileURLToPath(SP500)
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`the replay's file ${file} cannot be read`, { cause })
  })
  const bars = parseBars(text)
  if (!bars.ok) throw new Error(`the replay's file ${file}, ${bars.reason}`)
  return new Simulation(bars.value, source.strategy, source.units)
}
