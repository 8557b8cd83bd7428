import { setTimeout as delay } from 'node:timers/promises'
import { streams, type TraderId } from '@drawbridge/contracts'
import { Backoff, isStreamMissing, type Logger, type NewestAnswer } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Hearing } from '../core/hearing.ts'
import { isLogRefusal, type LogRefusal } from '../risk-log-errors.ts'
import { type Asked, applyNewest, askedOf } from './apply-newest.ts'
import type { FollowedGate } from './followed-gate.ts'
import type { FollowedGates } from './followed-gates.ts'
import type { LogInUse } from './log-in-use.ts'
import { type NewestReader, UnreadableEventError } from './newest-decisions.ts'

interface NewestRoundsOptions {
  readonly connection: Pick<NatsConnection, 'isClosed'>
  readonly reader: Pick<NewestReader, 'read'>
  readonly gates: FollowedGates
  readonly logInUse: LogInUse
  readonly hearing: Hearing
  readonly log: Logger
  /** When it is aborted, nothing is read any more, and no answer counts. */
  readonly stopping: AbortSignal
  /** Called when the newest decisions are known. */
  readonly onCurrent: () => void
  /** Called if they can no longer be known. */
  readonly onFailed: (error: Error) => void
}

/**
 * Asks guardians for the newest event of each gate. A round asks for all of them, and tries until it succeeds; what was read
 * before it began no longer counts. Beside a round, single gates are read.
 */
export class NewestRounds {
  readonly #options: NewestRoundsOptions
  /** The round in force. */
  #round = 0
  #isCurrent = false
  /** Traders whose newest event is being asked for beside a round. */
  readonly #asking = new Set<TraderId>()

  constructor(options: NewestRoundsOptions) {
    this.#options = options
  }

  /** Whether the newest decisions are known. */
  get isCurrent(): boolean {
    return this.#isCurrent && !this.#options.stopping.aborted
  }

  /** Whether the newest event of the gate was read in the round in force. */
  hasRead(followed: FollowedGate): boolean {
    return followed.isReadIn(this.#round)
  }

  /** Begins a round in which the newest event of each trader is read. */
  begin(afterMs = 0): void {
    if (this.#options.stopping.aborted) return
    this.#isCurrent = false
    this.#round += 1
    this.#readRound(this.#round, afterMs).catch(this.#options.onFailed)
  }

  /** Reads the newest event of a gate that was added. */
  async readAdded(followed: FollowedGate): Promise<void> {
    const { hearing } = this.#options
    await this.#beside(async () => {
      await this.#readUntilAnswered(followed, this.#round)
      const isHeard = hearing.isGuardianHeard(performance.now())
      // It need not wait for the next heartbeat: the last one was heard before the newest decision was asked for.
      if (this.hasRead(followed) && isHeard) followed.gate.heartbeat(hearing.guardianAt)
    })
  }

  /** Reads the newest event of a gate once more; if nobody answers, the lease closes the gate. */
  async readAgain(followed: FollowedGate): Promise<void> {
    const { trader } = followed
    if (this.#asking.has(trader)) return
    this.#asking.add(trader)
    await this.#beside(() => this.#readIfAnswered(followed, this.#round))
    this.#asking.delete(trader)
  }

  /**
   * Looks at the stream that is there now. The gates are closed where there is none.
   * @returns its creation time; null if this user may not ask
   */
  async look(): Promise<string | null> {
    const { logInUse, gates } = this.#options
    try {
      return await logInUse.look()
    } catch (error) {
      if (isStreamMissing(error)) gates.lost(`stream ${streams.risk} does not exist`)
      throw error
    }
  }

  #isOver(round: number): boolean {
    const { stopping, connection } = this.#options
    return round !== this.#round || stopping.aborted || connection.isClosed()
  }

  /** Reads until it succeeds, or another round takes its place. */
  async #readRound(begun: number, afterMs: number): Promise<void> {
    const { log, stopping: signal } = this.#options
    const backoff = new Backoff(100, 2_000)
    let round = begun
    if (afterMs > 0) await delay(afterMs, undefined, { signal }).catch(() => undefined)
    while (!this.#isOver(round)) {
      try {
        await this.#readAll(round)
        if (!this.#isOver(round)) this.#nowCurrent()
        return
      } catch (error) {
        if (error instanceof UnreadableEventError) throw error
        if (this.#isOver(round)) return
        // Answers that are still on their way no longer count.
        this.#round += 1
        round = this.#round
        if (isLogRefusal(error)) this.#refuse(error)
        else log.warn({ err: error }, 'the newest decisions cannot be read; trying again')
        await backoff.wait(signal)
      }
    }
  }

  /** Asks for the first gate alone which log it is, and whether anybody answers. @throws if the log must not be used */
  async #readAll(round: number): Promise<void> {
    const { logInUse, gates, reader } = this.#options
    const { first } = gates
    if (first === undefined) return
    const asked = askedOf(first)
    const [seen, answer] = await Promise.allSettled([this.look(), reader.read(first.trader)])
    if (this.#isOver(round)) return
    if (seen.status === 'rejected') throw seen.reason
    logInUse.compare(seen.value, answer.status === 'fulfilled' ? answer.value.log : null)
    if (answer.status === 'rejected') throw answer.reason
    if (logInUse.goBy(answer.value.log)) this.#forget()
    this.#take(first, answer.value, round, asked)
    const others = [...gates].filter((followed) => followed !== first)
    await Promise.all(others.map((followed) => this.#readUntilAnswered(followed, round)))
  }

  /** @throws if asking again would not help */
  async #readUntilAnswered(followed: FollowedGate, round: number): Promise<void> {
    const { gates, stopping } = this.#options
    const backoff = new Backoff(100, 2_000)
    const isAwaited = () => !this.#isOver(round) && gates.has(followed)
    while (isAwaited() && !(await this.#readIfAnswered(followed, round))) {
      if (isAwaited()) await backoff.wait(stopping)
    }
  }

  /** @returns whether a guardian answered */
  async #readIfAnswered(followed: FollowedGate, round: number): Promise<boolean> {
    const asked = askedOf(followed)
    const answer = await this.#options.reader.read(followed.trader).catch(() => null)
    if (answer !== null && !this.#isOver(round)) this.#take(followed, answer, round, asked)
    return answer !== null
  }

  /** @throws where the answer must not be taken over */
  #take(followed: FollowedGate, answer: NewestAnswer, round: number, asked: Asked): void {
    const { gates, logInUse } = this.#options
    if (!gates.has(followed)) return
    applyNewest(followed, answer, asked, logInUse)
    // Whoever hears of the decision may have ended the round.
    if (!this.#isOver(round)) followed.isRead(round, asked.at)
  }

  /** Where the log turns out to be another one, or damaged, a round finds out what holds. */
  async #beside(read: () => Promise<unknown>): Promise<void> {
    try {
      await read()
    } catch (error) {
      if (isLogRefusal(error)) this.begin()
      else this.#options.onFailed(error as Error)
    }
  }

  #nowCurrent(): void {
    const { logInUse, hearing, onCurrent } = this.#options
    this.#isCurrent = true
    logInUse.accept()
    hearing.restart(performance.now())
    onCurrent()
  }

  /** Closes the gates until the log is adopted, repaired, or the known one again. */
  #refuse(error: LogRefusal): void {
    const { gates, logInUse } = this.#options
    gates.lost(error.message)
    logInUse.refuse(error)
  }

  /** From now on it is another log. */
  #forget(): void {
    const { gates, hearing } = this.#options
    hearing.forgetGuardians()
    gates.forget()
  }
}
