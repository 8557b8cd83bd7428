import type { Evidence, Input, Violation } from './evidence.ts'
import { knownEvents } from './known-events.ts'

type Needed = Pick<Evidence, 'inputs' | 'events' | 'history' | 'client'>

const FLAGS = /^(?:control|command\.[^.]+)\.flags$/
const FOR_EVER = Number.POSITIVE_INFINITY

/** All traders are paused by the inputs from one up to another, before a moment. */
interface PausedTime {
  readonly from: Input
  /** The first input that it does not hold for. */
  readonly to: number
  readonly until: number
}

/** Events of inputs within a pause of all traders are paused, those of traders that report for the first time, too. */
export function checkPauseOfAll(evidence: Needed): readonly Violation[] {
  const times = pausedTimes(evidence)
  return [...knownEvents(evidence).values()].flat().flatMap((event): Violation[] => {
    const { trader, version, type, inputSeq, recordedAt, paused } = event
    const time = times.find(({ from, to }) => inputSeq >= from.seq && inputSeq < to)
    if (time === undefined || paused || Date.parse(recordedAt) >= time.until) return []
    return [
      {
        promise: 'a pause of all holds each trader',
        expected: `version ${version} of ${trader} paused, as input ${time.from.seq} pauses all traders`,
        found: `${type} of input ${inputSeq}, which is not`,
      },
    ]
  })
}

function pausedTimes({ inputs, client }: Needed): PausedTime[] {
  // After a loss it is not known which inputs were judged.
  const lostAfter = Math.min(...client.lostInputs.map(({ after }) => after))
  const times: PausedTime[] = []
  let began: Omit<PausedTime, 'to'> | null = null
  for (const input of inputs.filter(({ seq }) => seq <= lostAfter)) {
    const asked = endAskedFor(input)
    if (asked === undefined || (asked !== null && asked <= Date.parse(input.recordedAt))) continue
    if (began !== null) times.push({ ...began, to: input.seq })
    // A second one shortens none.
    const before: number = began === null || began.until <= Date.parse(input.recordedAt) ? 0 : began.until
    began = asked === null ? null : { from: input, until: Math.max(before, asked) }
  }
  return began === null ? times : [...times, { ...began, to: lostAfter + 1 }]
}

/** The end of a pause of all that an input asks for; null: it ends one; undefined: it is about something else. */
function endAskedFor({ subject, payload }: Input): number | null | undefined {
  if (!FLAGS.test(subject)) return undefined
  const { pause_all } = JSON.parse(payload) as { readonly pause_all?: { readonly until?: string | null } | null }
  if (pause_all === undefined || pause_all === null) return pause_all
  return pause_all.until === undefined || pause_all.until === null ? FOR_EVER : Date.parse(pause_all.until)
}
