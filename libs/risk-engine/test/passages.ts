import { decodeControl, type TraderState } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, type Configuration, type Decision, INITIAL_STATE } from '@drawbridge/risk-engine'
import {
  configurationEntries,
  entryOf,
  type History,
  type LogEntry,
  type Position,
  step as take,
} from '@drawbridge/testing/engine'
import { takenByTheEngine } from './taken-by-the-engine.ts'

/** One input that the engine has lived through. */
export interface Passage {
  readonly kind: LogEntry['kind']
  readonly before: TraderState
  readonly decision: Decision
  readonly after: TraderState
  /** In force after it. */
  readonly configuration: Configuration
  /** When the log took it, and as which message. */
  readonly time: number
  readonly seq: number
}

/** Lets the engine live through a history; `carry` may swap the position between inputs for one that must be as good. */
export function live(history: History, carry: (position: Position) => Position = (position) => position): Passage[] {
  const [config, steps] = takenByTheEngine(history.config, history.steps)
  const passages: Passage[] = []
  let position: Position = { state: INITIAL_STATE, configuration: BUILT_IN_CONFIGURATION }
  let seq = 0
  let lastReading = 0
  const give = (entry: LogEntry): void => {
    seq += 1
    const from = carry(position)
    const { decision, ...to } = take(from, entry, seq)
    position = to
    if (entry.kind === 'tick') lastReading = to.state.version
    const { state: after, configuration } = to
    passages.push({ kind: entry.kind, before: from.state, decision, after, configuration, time: entry.time, seq })
  }
  for (const entry of configurationEntries(config)) give(entry)
  for (const made of steps) {
    const entry = entryOf(made, lastReading)
    if (isReadable(entry)) give(entry)
  }
  return passages
}

/** Whether a command gets past the door: the engine never sees another. */
function isReadable(entry: LogEntry): boolean {
  return entry.kind !== 'command' || decodeControl(entry.command, entry.payload).ok
}
