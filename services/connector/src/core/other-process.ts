import {
  CONNECTOR_REPORT_CURRENT_FOR_MS,
  type ConnectorReport,
  formatInstant,
  type Instant,
  parseInstant,
} from '@drawbridge/contracts'
import type { Failure } from './failure.ts'

/** A process that runs connectors. */
export interface RunningProcess {
  /** Names it: another one at each start. */
  readonly run: string
  /** Its machine and its number there, for people. */
  readonly instance: string
  /** Null: it does not say, as an older version. */
  readonly startedAt: Instant | null
}

export type OwnProcess = RunningProcess & { readonly startedAt: Instant }

/** What a process that started later leaves to the first one. */
export type SharedTask = 'read' | 'block' | 'unblock' | 'flatten'

interface Heard {
  readonly process: RunningProcess
  /** By the clock of the caller, milliseconds. */
  readonly at: number
  readonly cannotBlock: boolean
}

/** Another process answers our first report at once. */
export const LISTEN_FIRST_MS = 1_500
/** So many processes are known, at most. */
const PROCESSES_MAX = 500

/**
 * Knows which other processes run the same connectors, by their reports. Of several, the one that started first does the work.
 * Another one reads nothing, as the count of its ticks would end that of the first; it undoes no block and closes nothing, as
 * that would be done twice; and it blocks only while the first one says that it cannot. It takes over when the first one has
 * been silent for {@link CONNECTOR_REPORT_CURRENT_FOR_MS}. Times are milliseconds by one clock that only goes forward.
 */
export class OtherProcesses {
  readonly #own: OwnProcess
  /** By connector and run. */
  readonly #heard = new Map<string, Heard & { readonly connector: string }>()
  /** Null: others are not heard yet. */
  #listensSince: number | null = null

  constructor(own: OwnProcess) {
    this.#own = own
  }

  /** From now on, others are heard. */
  listen(now: number): void {
    this.#listensSince ??= now
  }

  /** Others will not be heard, so that nothing is left to them. */
  cannotHear(): void {
    this.#listensSince = Number.NEGATIVE_INFINITY
  }

  /** @returns whether it is of another process that was not heard recently, for a connector that is no dry run */
  hear(report: ConnectorReport, now: number): boolean {
    const process = processOf(report)
    if (process.run === this.#own.run || report.dryRun) return false
    const { connector, faults } = report
    const key = JSON.stringify([connector, process.run])
    const known = this.#heard.get(key)
    const isNew = known === undefined || !isCurrent(known, now)
    if (isNew) this.#forgetSilent(now)
    if (isNew && this.#heard.size >= PROCESSES_MAX) return false
    this.#heard.set(key, { connector, process, at: now, cannotBlock: faults.some(({ task }) => task === 'block') })
    return isNew
  }

  /** Whether a connector of this process may do it now. */
  may(task: SharedTask, connector: string, now: number): boolean {
    const first = this.#earlier(connector, now)[0]
    if (first !== undefined) return task === 'block' && first.cannotBlock
    // In doubt entries are blocked, also before anybody can be heard.
    return task === 'block' || (this.#listensSince !== null && now - this.#listensSince >= LISTEN_FIRST_MS)
  }

  /** Whether a connector of this process leaves its work to another one. */
  waits(connector: string, now: number): boolean {
    return this.#earlier(connector, now).length > 0
  }

  /** That others run the same connector, in the same words in each of the processes; null: nobody does. */
  faultOf(connector: string, now: number): Failure | null {
    const others = this.#current(connector, now)
    if (others.length === 0) return null
    const all = [this.#own, ...others.map(({ process }) => process)].toSorted(byStart)
    const [first, ...later] = all.map(inWords)
    return {
      kind: 'refused',
      reason: `${all.length} processes run it: ${first} does the work, and ${later.join(', ')} ${later.length === 1 ? 'waits' : 'wait'}`,
      advice: ADVICE,
    }
  }

  #current(connector: string, now: number): readonly Heard[] {
    return [...this.#heard.values()].filter((one) => one.connector === connector && isCurrent(one, now))
  }

  /** Those that started before this process, the first one first. */
  #earlier(connector: string, now: number): readonly Heard[] {
    return this.#current(connector, now)
      .filter(({ process }) => byStart(process, this.#own) < 0)
      .toSorted((a, b) => byStart(a.process, b.process))
  }

  #forgetSilent(now: number): void {
    for (const [key, heard] of this.#heard) if (!isCurrent(heard, now)) this.#heard.delete(key)
  }
}

const ADVICE =
  'stop all but one of them: Ctrl-C where npm start or npm run connector runs, or docker compose --profile connector stop connector'

function processOf({ run, instance, startedAt }: ConnectorReport): RunningProcess {
  const started = startedAt === undefined ? null : parseInstant(startedAt)
  return { run: run ?? instance, instance, startedAt: started?.ok === true ? started.value : null }
}

function isCurrent({ at }: Heard, now: number): boolean {
  return now - at < CONNECTOR_REPORT_CURRENT_FOR_MS
}

/** One that does not say when it started does not wait for others, and so counts as the first. */
function byStart(one: RunningProcess, other: RunningProcess): number {
  const difference = (one.startedAt ?? Number.NEGATIVE_INFINITY) - (other.startedAt ?? Number.NEGATIVE_INFINITY)
  if (difference > 0 || difference < 0) return difference
  return one.run < other.run ? -1 : one.run > other.run ? 1 : 0
}

function inWords({ instance, startedAt }: RunningProcess): string {
  return `${instance} (${startedAt === null ? 'an older version' : `since ${formatInstant(startedAt)}`})`
}
