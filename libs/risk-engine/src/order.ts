import { EARLIER_RUNS_MAX, formatInstant, type Instant, type Tick, type TickSequence } from '@drawbridge/contracts/pure'
import { type Draft, lastTime } from './draft.ts'

/**
 * Why a tick is out of order, or sent for a second time; null: it is neither. The bot's own count decides where it gives one,
 * and in event time its clock as well.
 */
export function lateness(draft: Draft, tick: Tick): string | null {
  const { state, limits } = draft
  const byCount = isCounted(tick) ? countFault(state.sequence, runOf(state.sequence, tick.run), tick.seq) : null
  if (byCount !== null || limits.timeBase === 'server' || tick.at === null) return byCount
  const last = lastTime(state, limits)
  return last === null || tick.at >= last ? null : olderThan(last, tick.at)
}

function olderThan(last: Instant, at: Instant): string {
  return `at ${formatInstant(at)} is older than the last tick's ${formatInstant(last)}`
}

/** A tick that names no run belongs to the current one. */
function runOf(sequence: TickSequence | null, run: string | null): string | null {
  return run ?? sequence?.run ?? null
}

function countFault(sequence: TickSequence | null, run: string | null, seq: number): string | null {
  if (sequence === null) return null
  if (sequence.earlier.length > 0 && sequence.earlier.includes(run))
    return `${inWords(run)} is over: ${inWords(sequence.run)} came after it`
  if (sequence.run !== run || seq > sequence.seq) return null
  if (seq === sequence.seq) return `seq ${seq} was sent before`
  return `seq ${seq} is not above the last tick's ${sequence.seq}`
}

function inWords(run: string | null): string {
  return run === null ? 'the count without a run' : `run ${JSON.stringify(run)}`
}

/** Takes over the place of an accepted tick. A tick without a count has none. */
export function takePlace({ state, facts }: Draft, tick: Tick): void {
  if (!isCounted(tick)) return
  const { seq } = tick
  const { sequence } = state
  const run = runOf(sequence, tick.run)
  if (sequence !== null && sequence.run === run) {
    state.sequence = { run, seq, earlier: sequence.earlier }
    return
  }
  state.sequence = { run, seq, earlier: earlierRuns(sequence) }
  if (sequence !== null || run !== null) facts.push({ kind: 'run-began', run })
}

function earlierRuns(sequence: TickSequence | null): TickSequence['earlier'] {
  return sequence === null ? [] : [sequence.run, ...sequence.earlier].slice(0, EARLIER_RUNS_MAX)
}

/** Whether the count can be used: not where its owner could not be read. */
function isCounted(tick: Tick): tick is Tick & { readonly seq: number } {
  return tick.seq !== null && tick.faults?.run === undefined
}
