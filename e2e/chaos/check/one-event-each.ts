import { isLost, tickOf } from './acknowledged-inputs.ts'
import type { Evidence, Input, MissingVersions, Violation } from './evidence.ts'
import { type KnownEvent, knownEvents } from './known-events.ts'

type Needed = Pick<Evidence, 'inputs' | 'events' | 'history' | 'client'>

const VALID_TICK = /^equity\.tick\.([A-Za-z0-9_-][A-Za-z0-9_:-]*)$/
const WORD_TO_TRADER =
  /^(?:control|command\.[^.]+)\.(?:pause|resume|limits|cash-flow|wake)\.([A-Za-z0-9_-][A-Za-z0-9_:-]*)$/
const FLAGS = /^(?:control|command\.[^.]+)\.flags$/

/** The possible events of a trader when flags change: enforcement that is switched on judges at once. */
const OF_FLAGS: readonly string[] = ['resumed', 'paused', 'breach']

/** Each tick has one event, and each event belongs to one input of its trader and agrees with it. */
export function checkOneEventEach(evidence: Needed): readonly Violation[] {
  const { inputs, client } = evidence
  const bySeq = new Map(inputs.map((input) => [input.seq, input]))
  const events = [...knownEvents(evidence).values()].flat()
  const byInput = Map.groupBy(events, ({ inputSeq }) => inputSeq)
  const lost = inputsOfMissing(evidence, client.reportedMissing)
  const ticks = inputs.filter(({ subject }) => VALID_TICK.test(subject))
  const uncounted = ticks.flatMap((input): Violation[] => {
    const found = byInput.get(input.seq) ?? []
    if (found.length === 1 || (found.length === 0 && lost(traderOf(input) ?? '', input.seq))) return []
    return [
      {
        promise: 'a tick has exactly one event',
        expected: `one event of input ${input.seq}, ${input.subject} ${input.payload}`,
        found: found.length === 0 ? 'none' : found.map(inWords).join(' and '),
      },
    ]
  })
  const isOfLost = ({ inputSeq, recordedAt }: KnownEvent) =>
    !bySeq.has(inputSeq) && isLost(client.lostInputs, inputSeq, Date.parse(recordedAt))
  const contradictions = events
    .filter((event) => !isOfLost(event))
    .flatMap((event) => contradiction(event, bySeq.get(event.inputSeq)))
  return [...uncounted, ...contradictions]
}

function contradiction(event: KnownEvent, input: Input | undefined): Violation[] {
  const differs = (expected: string): Violation[] => [
    { promise: 'an event says what its input says', expected, found: inWords(event) },
  ]
  if (input === undefined) return differs(`input ${event.inputSeq} in INPUTS`)
  const mayBeOf = FLAGS.test(input.subject) ? OF_FLAGS.includes(event.type) : traderOf(input) === event.trader
  if (!mayBeOf) return differs(`no event of ${event.trader} by ${input.subject}`)
  const apartMs = Math.abs(Date.parse(input.recordedAt) - Date.parse(event.recordedAt))
  if (apartMs > 1) return differs(`recordedAt ${input.recordedAt}, within a millisecond`)
  const tick = tickOf(input)
  if (tick === null || event.type === 'tick-rejected') return []
  if (tick.tickSeq !== event.tickSeq) return differs(`tickSeq ${tick.tickSeq}`)
  return tick.equity === event.equity ? [] : differs(`equity ${tick.equity}`)
}

/** Whether the event of an input is among those that a repair reported as lost: it lies between two known versions. */
function inputsOfMissing(evidence: Needed, missing: readonly MissingVersions[]) {
  const known = knownEvents(evidence)
  const ranges = missing.map(({ trader, from, to }) => {
    const events = known.get(trader) ?? []
    const after = events.findLast(({ version }) => version < from)?.inputSeq ?? 0
    const before = events.find(({ version }) => version > to)?.inputSeq ?? Number.POSITIVE_INFINITY
    return { trader, after, before }
  })
  return (trader: string, seq: number) =>
    ranges.some((range) => range.trader === trader && seq > range.after && seq < range.before)
}

function traderOf({ subject }: Input): string | null {
  return VALID_TICK.exec(subject)?.[1] ?? WORD_TO_TRADER.exec(subject)?.[1] ?? null
}

function inWords({ trader, version, type, inputSeq, tickSeq, equity, recordedAt }: KnownEvent): string {
  return `version ${version} of ${trader}: ${type} of input ${inputSeq}, tickSeq ${tickSeq}, equity ${equity}, ${recordedAt}`
}
