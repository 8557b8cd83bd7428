import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Gate, Outbox } from '@drawbridge/client'
import type { ConnectorReport } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/service-kit'
import { ActingLoop } from './acting-loop.ts'
import { ConnectorFaults } from './connector-faults.ts'
import type { ConnectorSetup } from './connector-setups.ts'
import type { OtherProcesses, SharedTask } from './core/other-process.ts'
import { Clock } from './outbound/clock.ts'
import { HttpCalls } from './outbound/http-calls.ts'
import { OpenedAccount } from './outbound/opened-account.ts'
import { Pace } from './outbound/pace.ts'
import { Pause } from './pause.ts'
import { type Failure, type InboundAnswer, type InboundMessage, type Surroundings, stopsEntries } from './port.ts'
import { ReadingLoop } from './reading-loop.ts'

export interface ConnectorParts {
  readonly setup: ConnectorSetup
  readonly gate: Gate
  /** Null in a dry run, and where another connector reports; pending until there is a connection to NATS. */
  readonly outbox: Promise<Outbox> | null
  readonly dryRun: boolean
  readonly others: OtherProcesses
  readonly atLeastEveryMs: number
  readonly currency: string | null
  /** The path of a folder for what connectors must know after a restart. */
  readonly notesFolder: string
  readonly log: Logger
  readonly onFaults: () => void
}

/** A loop that crashes begins again after this time: a bug in one adapter must not end the others. */
const AFTER_CRASH_MS = 10_000
const LOOK_EVERY_MS = 2_000

/** One account: its readings become ticks, and its trader's decisions become true on the other side. */
export class Connector {
  readonly name: string
  readonly setup: ConnectorSetup
  readonly gate: Gate
  readonly dryRun: boolean
  readonly faults: ConnectorFaults
  readonly account: OpenedAccount
  /** Null: another connector of the trader does it. */
  readonly reading: ReadingLoop | null
  readonly acting: ActingLoop | null
  readonly #log: Logger
  readonly #stopping: AbortSignal
  readonly #wakeReading: () => void
  readonly #others: OtherProcesses
  /** What was told last of other processes; null: there are none. */
  #toldOfOthers: string | null = null

  constructor(parts: ConnectorParts, stopping: AbortSignal) {
    const { setup, gate, outbox, dryRun, log, onFaults, atLeastEveryMs, currency } = parts
    const { name, config, adapter } = setup
    this.name = name
    this.setup = setup
    this.gate = gate
    this.dryRun = dryRun
    this.#others = parts.others
    this.#log = log.child({ connector: name, trader: gate.trader })
    this.#stopping = stopping
    this.faults = new ConnectorFaults(this.#log, onFaults)
    const readPause = new Pause()
    this.#wakeReading = () => readPause.wake()
    const clock = new Clock()
    const surroundings = {
      ...surroundingsOf(setup, gate, clock),
      noteFile: path.join(parts.notesFolder, `${encodeURIComponent(name)}.json`),
      dryRun,
      wake: this.#wakeReading,
      forwarded: this.#forwarded,
    }
    this.account = new OpenedAccount(setup.opening(surroundings), stopping)
    const may = (task: SharedTask) => dryRun || this.#others.may(task, name, performance.now())
    const shared = { account: this.account, faults: this.faults, clock, may, log: this.#log }
    const everyMs = 1_000 * (config.everySeconds ?? adapter.everySeconds)
    // What a dry run reads is not counted.
    const isInDoubt = () => !dryRun && waitsForReading(gate)
    this.reading = config.reads
      ? new ReadingLoop({ ...shared, outbox, everyMs, atLeastEveryMs, currency, isInDoubt, pause: readPause }, stopping)
      : null
    this.acting = config.acts
      ? new ActingLoop({ ...shared, gate, mayClose: config.mayClose, dryRun, pause: new Pause() }, stopping)
      : null
  }

  /** Whether entries can be stopped on the other side; null: it is not asked to, or the account cannot be opened. */
  get canBlock(): boolean | null {
    const account = this.account.get()
    return this.acting === null || 'kind' in account ? null : stopsEntries(account)
  }

  /** How the other side stands, as far as is known; null also where nothing can be stopped there. */
  get stands(): ActingLoop['stands'] {
    return this.canBlock === true ? (this.acting?.stands ?? null) : null
  }

  /** Whether it leaves its work to another process, which started first. */
  get waits(): boolean {
    return !this.dryRun && this.#others.waits(this.name, performance.now())
  }

  /** Another process that runs this connector was not heard recently, and reports. */
  onOther({ reading }: ConnectorReport): void {
    // It may have reported readings while we did not hear each other: after them, our count is over.
    if (reading !== null) this.reading?.beginAnotherRun()
    this.#tellOfOthers()
  }

  /** Takes what the other side sends; null: it sends nothing, or the account cannot be opened. */
  get receiver(): ((message: InboundMessage) => Promise<InboundAnswer>) | null {
    return this.account.receiver
  }

  /** Runs until the service stops. Never throws. */
  async run(): Promise<void> {
    const looks = setInterval(() => {
      this.#useNewSecrets()
      this.#tellOfOthers()
    }, LOOK_EVERY_MS)
    await Promise.all([this.#keepRunning(this.reading), this.#keepRunning(this.acting)])
    clearInterval(looks)
    await this.account.close()
  }

  readonly #forwarded = (failure: Failure | null): void => {
    if (failure === null) this.faults.done('forward')
    else this.faults.failed('forward', this.account.told(failure))
  }

  #tellOfOthers(): void {
    const fault = this.dryRun ? null : this.#others.faultOf(this.name, performance.now())
    if (fault === null) this.faults.done('run-alone')
    else if (fault.reason !== this.#toldOfOthers) this.faults.failed('run-alone', fault)
    this.#toldOfOthers = fault?.reason ?? null
  }

  /** A new key does not wait until the next try with the old one, which may be minutes away. */
  #useNewSecrets(): void {
    if (!this.account.hasNewSecrets()) return
    this.#wakeReading()
    this.acting?.tryAgain()
  }

  async #keepRunning(loop: { run(): Promise<void> } | null): Promise<void> {
    while (loop !== null && !this.#stopping.aborted) {
      try {
        await loop.run()
      } catch (error) {
        this.#log.error({ err: error }, 'a connector crashed; it begins again')
        await delay(AFTER_CRASH_MS, undefined, { signal: this.#stopping }).catch(() => undefined)
      }
    }
  }
}

function waitsForReading({ newest }: Gate): boolean {
  return newest.known && newest.event !== null && newest.event.state.doubt.pending !== null
}

function surroundingsOf(
  { name, config, limits }: ConnectorSetup,
  gate: Gate,
  clock: Clock,
): Omit<Surroundings, 'secret' | 'dryRun' | 'noteFile' | 'wake' | 'forwarded'> {
  const pace = new Pace(limits)
  return {
    name,
    trader: config.trader,
    marker: `drawbridge:${name}`,
    mayClose: config.mayClose,
    http: new HttpCalls(pace),
    take: (kind, signal) => pace.take(kind, signal),
    now: () => clock.latest(),
    verdict: () => gate.canTrade(),
  }
}
