import { decodeSettled, parseInputSubject, streams, subjects, UNVERIFIED } from '@drawbridge/contracts'
import type { StreamMessage } from '@drawbridge/nats'
import { type InputMessage, type JudgedEvent, OfflineJudge, RULES_VERSION, storedEvent } from '@drawbridge/risk-engine'
import { removedEventOf } from '@drawbridge/service-kit'
import type { LogBinding } from '../risk-log.ts'
import { managerOf } from '../servers.ts'
import { type Comparison, eventDifferences } from './finding.ts'
import { CONFIG, InputReader, type LoggedEvent, loggedEvent } from './read-logs.ts'

export interface DecisionCounts {
  /** Which rules were applied. */
  readonly rulesVersion: number
  /** Events that were judged again, whatever the result. */
  judged: number
  /** Events of other rules versions: not judged. */
  otherRules: number
  /** Events whose inputs have left INPUTS, or that were carried over from another log: not judged. */
  withoutInput: number
}

/**
 * Judges the inputs again and compares the results with the log. The log is read ahead of the inputs until it says that an
 * input is settled: then all its events are known. So only the events that guardians have in flight are remembered, and the
 * last state of each trader. Judging continues from the event of the log: one wrong event is one finding.
 */
export class DecisionCheck {
  readonly counts: DecisionCounts = { rulesVersion: RULES_VERSION, judged: 0, otherRules: 0, withoutInput: 0 }
  readonly #comparison: Comparison
  readonly #offset: number
  readonly #judge = new OfflineJudge()
  /** Events of the log that are not judged yet, by trader, in the order of the log. */
  readonly #waiting = new Map<string, LoggedEvent[]>()
  /** Traders whose last event other rules have made. */
  readonly #ofOtherRules = new Set<string>()
  /** Inputs that an admin has removed. */
  readonly #removed = new Set<number>()
  /** The input of the last configuration of each kind. */
  readonly #configured = new Map<string, number>()
  /** The first input that is judged, and the last one that INPUTS held at the start. */
  #first: number
  readonly #last: number
  #settled = 0
  #isAdopting = false
  #inputs: InputReader | null = null

  private constructor(comparison: Comparison, offset: number, first: number, last: number) {
    this.#comparison = comparison
    this.#offset = offset
    this.#first = first
    this.#last = last
  }

  /** To be opened when the end of the log is known. @returns a string if nothing can be judged: the reason */
  static async open(comparison: Comparison, binding: LogBinding): Promise<DecisionCheck | string> {
    const manager = await managerOf(comparison.connection)
    const { created, state } = await manager.streams.info(streams.inputs)
    const { inputsCreated, inputsOffset: offset } = binding
    if (inputsCreated !== null && inputsCreated !== created) {
      return `INPUTS was created at ${created}, and RISK was made from the one created at ${inputsCreated}`
    }
    return new DecisionCheck(comparison, offset, Math.max(state.first_seq, 1) + offset, state.last_seq + offset)
  }

  /** Takes the next messages of the log. */
  async take(messages: readonly StreamMessage[]): Promise<void> {
    for (const message of messages) {
      if (message.subject === subjects.config('settled')) this.#takeSettled(message)
      else if (message.subject === subjects.config('removed')) this.#removed.add(removedEventOf(message).inputSeq)
      else this.#takeEvent(loggedEvent(message))
    }
    await this.#judgeUpTo(this.#settled)
  }

  /** To be called when the log is at its end. */
  async finish(): Promise<void> {
    await this.#judgeUpTo(this.#settled)
    // Later inputs need not have all their events yet, but existing events must be right.
    const inputSeqs = [...this.#waiting.values()].flat().map(({ inputSeq }) => inputSeq)
    const known = inputSeqs.filter((seq) => seq <= this.#last)
    await this.#judgeUpTo(known.reduce((a, b) => Math.max(a, b), 0))
    for (const of of [...this.#waiting.keys()]) this.#passBefore(of, Number.POSITIVE_INFINITY)
    await this.#inputs?.end()
  }

  #takeSettled({ data }: StreamMessage): void {
    const event = decodeSettled(data)
    if (!event.ok) return
    const { settled, adopting = false } = event.value
    if (this.#isAdopting && !adopting) this.#beginAfter(settled)
    this.#isAdopting = adopting
    if (!adopting && settled <= this.#last) this.#settled = Math.max(this.#settled, settled)
  }

  /** All that was carried over is read: judging begins after the input that the log names. */
  #beginAfter(settled: number): void {
    this.#first = Math.max(this.#first, settled + 1)
    for (const of of [...this.#waiting.keys()]) this.#passBefore(of, this.#first)
  }

  #takeEvent(logged: LoggedEvent | null): void {
    if (logged === null) return
    const { of, inputSeq, settled } = logged
    const waiting = this.#waiting.get(of) ?? []
    if (waiting.length === 0) this.#waiting.set(of, waiting)
    waiting.push(logged)
    if (inputSeq < this.#first) this.#passBefore(of, this.#first)
    // No event can settle its own input, and one of an input that does not exist can settle nothing.
    if (settled < inputSeq && inputSeq <= this.#last) this.#settled = Math.max(this.#settled, settled)
  }

  async #judgeUpTo(inputSeq: number): Promise<void> {
    if (inputSeq < this.#first || this.#last < this.#first) return
    this.#inputs ??= new InputReader(this.#comparison.connection, this.#first, this.#last, this.#offset)
    for (;;) {
      const inputs = await this.#inputs.next(inputSeq)
      if (inputs.length === 0) return
      for (const input of inputs) this.#judgeInput(input)
    }
  }

  #judgeInput(input: InputMessage): void {
    for (const of of this.#concernedBy(input)) this.#passBefore(of, input.seq)
    for (const event of this.#judge.judge(input).events) {
      const of = 'kind' in event ? CONFIG : event.trader
      const [logged] = this.#waiting.get(of) ?? []
      if (logged?.inputSeq === input.seq) {
        this.#drop(of)
        this.#compare(event, logged)
      } else if (this.#removed.has(input.seq)) {
        // It may still exist if its removal was interrupted: guardians skip it.
      } else if (input.seq <= this.#settled && !this.#ofOtherRules.has(of) && logged?.isOfOtherRules !== true) {
        this.#reportUndecided(of, event, input)
      }
    }
  }

  #concernedBy({ subject }: InputMessage): Iterable<string> {
    const address = parseInputSubject(subject)
    if (address.kind === 'flags') return [...this.#waiting.keys()]
    if (address.kind === 'limits') return [CONFIG]
    return address.kind === 'unknown' ? [] : [address.trader]
  }

  #compare(event: JudgedEvent, logged: LoggedEvent): void {
    if (logged.isCarried) this.counts.withoutInput += 1
    else if (logged.isOfOtherRules) this.counts.otherRules += 1
    else {
      this.counts.judged += 1
      const byRules = storedEvent(asOldAs(event, logged.event)).data
      const differences = Buffer.compare(byRules, logged.data) === 0 ? '' : eventDifferences(byRules, logged.data)
      if (differences !== '') this.#reportOtherwise(logged, `of input ${logged.inputSeq} ${differences}`)
    }
    this.#goOnFrom(logged)
  }

  /** Passes waiting events of inputs before this one, or of inputs that do not exist: the rules made no such event. */
  #passBefore(of: string, inputSeq: number): void {
    for (;;) {
      const [logged] = this.#waiting.get(of) ?? []
      if (logged === undefined || (logged.inputSeq >= inputSeq && logged.inputSeq <= this.#last)) return
      this.#drop(of)
      const isGone = logged.inputSeq < this.#first || this.#inputs?.isHole(logged.inputSeq) === true
      if (isGone || logged.isCarried) this.counts.withoutInput += 1
      else if (logged.isOfOtherRules) this.counts.otherRules += 1
      else {
        this.counts.judged += 1
        this.#reportOtherwise(logged, `of input ${logged.inputSeq} the rules make no event here`)
      }
      this.#goOnFrom(logged)
    }
  }

  #drop(of: string): void {
    const waiting = this.#waiting.get(of)
    waiting?.shift()
    if (waiting?.length === 0) this.#waiting.delete(of)
  }

  /** Like guardians: an event counts only if its version is greater, or for a configuration if its input is later. */
  #goOnFrom({ of, event, version, inputSeq, isOfOtherRules }: LoggedEvent): void {
    if (version !== null && version <= (this.#judge.stateOf(of)?.version ?? 0)) return
    if ('kind' in event) {
      if (inputSeq <= (this.#configured.get(event.kind) ?? 0)) return
      this.#configured.set(event.kind, inputSeq)
    }
    this.#judge.take(event)
    if (isOfOtherRules) this.#ofOtherRules.add(of)
    else this.#ofOtherRules.delete(of)
  }

  #reportOtherwise({ of, event, version, streamSeq }: LoggedEvent, says: string): void {
    const name = 'kind' in event ? event.kind : of
    this.#comparison.report({ finding: 'decided-otherwise', where: streams.risk, of: name, version, streamSeq, says })
  }

  #reportUndecided(of: string, event: JudgedEvent, { seq }: InputMessage): void {
    const [name, type] = 'kind' in event ? [event.kind, event.kind] : [of, event.type]
    const says = `of input ${seq} the rules make an event (${type}), and the log has none`
    this.#comparison.report({
      finding: 'undecided',
      where: streams.risk,
      of: name,
      version: null,
      streamSeq: null,
      says,
    })
  }
}

/**
 * Events of guardians that did not record the previous configuration yet are right without it, and so is an author from the
 * time before unverified authors were marked.
 */
function asOldAs(event: JudgedEvent, logged: JudgedEvent): JudgedEvent {
  if (!('kind' in event && 'kind' in logged)) return event
  const isClaimed = event.by === `${UNVERIFIED}${logged.by}`
  return {
    ...event,
    ...(logged.previous === null ? { previous: null } : {}),
    ...(isClaimed ? { by: logged.by } : {}),
  }
}
