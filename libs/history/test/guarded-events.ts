import { type ConfigEvent, HTTP_USER, type RiskEvent, subjects } from '@drawbridge/contracts'
import { OfflineJudge } from '@drawbridge/risk-engine'
import { configurationEntries, type History, inputsOf, type LogEntry, TRADER } from '@drawbridge/testing/engine'

/** An event, and the configurations since the one before it. */
export interface Told {
  readonly event: RiskEvent
  readonly configurations: readonly ConfigEvent[]
}

const WAKES_MAX = 1_000

/** The events of a history, where a guardian wakes the trader whenever something is due. */
export function guardedEventsOf({ config, steps }: Pick<History, 'config' | 'steps'>): readonly Told[] {
  const judge = new OfflineJudge()
  const told: Told[] = []
  let configurations: ConfigEvent[] = []
  let seq = 0
  let now = 0
  const give = (subject: string, time: number, data: Uint8Array) => {
    seq += 1
    for (const event of judge.judge({ subject, seq, time, data }).events) {
      judge.take(event)
      if ('kind' in event) configurations.push(event)
      else {
        told.push({ event, configurations })
        configurations = []
      }
    }
    now = time
  }
  const wakeUpTo = (time: number) => {
    for (let wakes = 0; wakes < WAKES_MAX; wakes += 1) {
      const due = judge.wakeAt(TRADER, now)
      if (due === null || due > time) return
      give(subjects.control('wake', TRADER), Math.max(due, now), new Uint8Array())
    }
  }
  for (const entry of configurationEntries(config)) give(subjectOf(entry), entry.time, entry.payload)
  for (const step of steps) {
    wakeUpTo(Date.parse(step.at))
    for (const entry of inputsOf(step, judge.stateOf(TRADER)?.undo?.version ?? 1)) {
      give(subjectOf(entry), entry.time, entry.payload)
    }
  }
  return told
}

function subjectOf(entry: LogEntry): string {
  switch (entry.kind) {
    case 'tick':
      return subjects.tick(TRADER)
    case 'flags':
      return subjects.commandFlags(HTTP_USER)
    case 'limits':
      return subjects.commandLimits(HTTP_USER)
    case 'command':
      return entry.command === 'wake'
        ? subjects.control('wake', TRADER)
        : subjects.command(HTTP_USER, entry.command, TRADER)
    default:
      return entry satisfies never
  }
}
