import { type RiskEvent, toJsonBytes } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, type Configuration, INITIAL_STATE } from '@drawbridge/risk-engine'
import {
  configurationEntries,
  type History,
  inputsOf,
  type LogEntry,
  type Position,
  type Step,
  step,
} from '@drawbridge/testing/engine'

/** An event with the configuration that its `configVersion` names. */
export interface Made {
  readonly event: RiskEvent
  readonly configuration: Configuration
}

/** What a bot says beside its equity. */
export type Beside = { readonly seq?: number; readonly run?: string | null | number; readonly currency?: string }

export type Judged = Pick<History, 'config' | 'steps'>

/** @param beside what the ticks say beside their equity, by the place of the step */
export function eventsOf({ config, steps }: Judged, beside: readonly Beside[] = []): Made[] {
  const configurations = new Map([[0, BUILT_IN_CONFIGURATION]])
  const made: Made[] = []
  let position: Position = { state: INITIAL_STATE, configuration: BUILT_IN_CONFIGURATION }
  let seq = 0
  const give = (entry: LogEntry) => {
    seq += 1
    const { decision, ...to } = step(position, entry, seq)
    position = to
    configurations.set(position.configuration.version, position.configuration)
    if (decision.kind !== 'event') return
    const { event } = decision
    made.push({ event, configuration: configurations.get(event.configVersion) ?? BUILT_IN_CONFIGURATION })
  }
  for (const entry of configurationEntries(config)) if (isTaken(entry)) give(entry)
  for (const [index, one] of steps.entries()) {
    for (const entry of entriesOf(one, position)) give(withBeside(entry, beside[index] ?? {}))
  }
  return made
}

function entriesOf(one: Step, { state }: Position): readonly LogEntry[] {
  return inputsOf(one, state.undo?.version ?? 1).filter(isTaken)
}

/** Whether it can be read; else it comes to nothing. */
function isTaken(entry: LogEntry): boolean {
  try {
    step({ state: INITIAL_STATE, configuration: BUILT_IN_CONFIGURATION }, entry, 1)
    return true
  } catch {
    return false
  }
}

function withBeside(entry: LogEntry, beside: Beside): LogEntry {
  if (entry.kind !== 'tick' || Object.keys(beside).length === 0) return entry
  try {
    const message = JSON.parse(new TextDecoder().decode(entry.payload))
    return { ...entry, payload: toJsonBytes({ ...message, ...beside }) }
  } catch {
    return entry
  }
}
