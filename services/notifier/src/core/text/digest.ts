import { byBadness, type Severity, type Telling } from '@drawbridge/contracts'
import { Formats } from './formats.ts'
import { filler, linkLine, type Message, type Reader, titleOf, viewOf, wordsOf } from './message.ts'
import { saysHowToResume } from './wording.ts'

/** So many lines of notices a digest has; the rest is counted. */
const LINES_MAX = 20
/** What a channel puts around the lines, and what counts the rest. */
const AROUND = 100

/** What a digest needs of a telling. */
export type DigestTold = Pick<Telling, 'notice' | 'round' | 'alert' | 'alsoEnds'>

/**
 * One message for many notices: the worst trader first, and of a trader in order, so that the last line of an alert says how it
 * is. As many lines as the channel has room for; the rest is counted.
 */
export function digestOf(told: readonly DigestTold[], reader: Reader, maybeTwice: boolean): Message {
  const words = wordsOf(reader.language)
  const fill = filler(reader)
  const formats = new Formats(reader.language, reader.zone)
  const states = inOrder(statesOf(told))
  const critical = told.filter(({ notice }) => notice.severity === 'critical').length
  const title = fill(words.digest.title, { count: formats.count(told.length), critical: formats.count(critical) })
  const blocking = states.filter(blocksEntries)
  const { consoleUrl } = reader
  const after = [
    ...(blocking.length > 0 ? [words.stay] : []),
    ...(states.some(({ one, goesOn }) => goesOn && one.alert !== null)
      ? consoleUrl === null
        ? [words.digest.acknowledge]
        : linkLine(words.acknowledgeAt, `${consoleUrl}/alerts`, reader)
      : []),
    ...(blocking.some(({ one }) => saysHowToResume(one.notice)) ? [words.digest.resume] : []),
    ...linkLine(words.link, consoleUrl, reader),
    ...(maybeTwice ? [words.maybeTwice] : []),
  ]
  const all = states.slice(0, LINES_MAX).map((state) => lineOf(state, reader))
  const shown = fitting(all, (reader.textMax ?? Number.POSITIVE_INFINITY) - AROUND - lengthOf([title, ...after]))
  const more = states.length - shown.length
  return {
    title,
    lines: [...shown, ...(more > 0 ? [fill(words.digest.more, { more: formats.count(more) })] : []), ...after],
    link: consoleUrl,
    severity: worst(states),
  }
}

/** Whether it waits for somebody to acknowledge it. */
export function isWaitedFor({ alert, round }: Pick<Telling, 'alert' | 'round'>): boolean {
  return alert !== null && round.kind !== 'resolved'
}

/** The alerts of a digest that go on, the worst first, each once. */
export function waitedForOf<T extends DigestTold>(told: readonly T[]): readonly T[] {
  return inOrder(statesOf(told)).flatMap(({ one, goesOn }) => (goesOn && one.alert !== null ? [one] : []))
}

interface State<T> {
  readonly one: T
  /** Whether no later one says that it is over. */
  readonly goesOn: boolean
}

/** The last state of each alert, how it began if it is over, and what is of no alert. */
function statesOf<T extends DigestTold>(told: readonly T[]): readonly State<T>[] {
  const last = new Map<string, T>()
  const began = new Map<string, T>()
  const key = (one: T, alert: string) => `${one.notice.trader} ${alert}`
  for (const one of told) {
    if (one.alert === null) continue
    if (one.round.kind === 'first') began.set(key(one, one.alert), one)
    for (const alert of [one.alert, ...(one.alsoEnds ?? [])]) last.set(key(one, alert), one)
  }
  const kept = new Set(last.values())
  const over = new Set([...began].flatMap(([name, one]) => (last.get(name)?.round.kind === 'resolved' ? [one] : [])))
  return told.flatMap((one) => {
    if (one.alert !== null && !kept.has(one) && !over.has(one)) return []
    return [{ one, goesOn: one.round.kind !== 'resolved' && !over.has(one) }]
  })
}

function inOrder<T extends DigestTold>(states: readonly State<T>[]): readonly State<T>[] {
  const byTrader = [...Map.groupBy(states, ({ one }) => one.notice.trader).values()].map((ofTrader) => ({
    ofTrader,
    severity: worst(ofTrader.filter(({ goesOn }) => goesOn)),
  }))
  return byTrader.toSorted(byBadness).flatMap(({ ofTrader }) => ofTrader)
}

function worst(states: readonly State<DigestTold>[]): Severity {
  return states.map(({ one }) => one.notice).toSorted(byBadness)[0]?.severity ?? 'info'
}

const BLOCKING_KINDS = ['paused', 'silent', 'uncomputable', 'unconfirmed'] as const

function blocksEntries({ one, goesOn }: State<DigestTold>): boolean {
  if (!goesOn) return false
  const { kind, facts } = one.notice
  return kind === 'breach' ? facts.enforced === true : BLOCKING_KINDS.some((blocking) => blocking === kind)
}

function lineOf(state: State<DigestTold>, reader: Reader): string {
  const { one } = state
  const { digest } = wordsOf(reader.language)
  const fill = filler(reader)
  const view = viewOf(one.notice, reader)
  const blocked = saysHowToResume(one.notice) ? digest.blockedUntil : digest.blocked
  return `- ${titleOf(one, reader)}${blocksEntries(state) ? fill(blocked, view) : ''} (${fill(digest.event, view)})`
}

function fitting(lines: readonly string[], room: number): readonly string[] {
  let left = room
  const over = lines.findIndex((line) => {
    left -= line.length + 1
    return left < 0
  })
  return over < 0 ? lines : lines.slice(0, over)
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0)
}
