import {
  type Acknowledgement,
  type Instant,
  isOfEvent,
  type Language,
  limitHolder,
  type Notice,
  printable,
  type Round,
  type Severity,
} from '@drawbridge/contracts'
import Mustache from 'mustache'
import { Formats } from './formats.ts'
import { saysHowToResume, type Wording, type Words } from './wording.ts'
import { WORDS_DE } from './words-de.ts'
import { WORDS_EN } from './words-en.ts'

/** What one channel is told, as text. What was filled in is escaped. */
export interface Message {
  readonly title: string
  readonly lines: readonly string[]
  /** To the console; null: its address is not configured. */
  readonly link: string | null
  readonly severity: Severity
}

/** How a reader wants it. */
export interface Reader {
  readonly language: Language
  readonly zone: string
  readonly consoleUrl: string | null
  /** Whether people may resume in this chat. */
  readonly resumesHere?: boolean
  /** Escapes what the channel takes for markup; plain text needs none. */
  readonly escape: (text: string) => string
  /** So many characters a message may have. Absent: any number. */
  readonly textMax?: number | undefined
  /** Escapes addresses; as other text if not given. */
  readonly escapeLink?: ((url: string) => string) | undefined
}

/** One notice of a message. */
export interface Told {
  readonly notice: Notice
  readonly round: Round
  readonly untoldSince?: Instant
  readonly acknowledged?: Acknowledgement
  /** By which its reader acknowledges. */
  readonly acknowledgeLink?: string | null
}

const WORDS: Readonly<Record<Language, Words>> = { en: WORDS_EN, de: WORDS_DE }
/** What people and programs wrote is cut to so many characters, so that a message fits each channel. */
const GIVEN_MAX = 300
/** Separators of lines, and what turns the direction of writing. */
const MISLEADING = /[\u2028\u2029\p{Bidi_Control}]/gu

export function wordsOf(language: Language): Words {
  return WORDS[language]
}

export function messageOf(told: Told, reader: Reader, maybeTwice: boolean): Message {
  const { notice } = told
  const words = WORDS[reader.language]
  const view = viewOf(notice, reader)
  const fill = filler(reader)
  const { text } = wordingOf(notice, words)
  const lines = [
    ...fill(text, view).split('\n'),
    ...untoldLine(told, reader),
    ...acknowledgedLine(told, reader),
    ...(saysHowToResume(notice) && told.round.kind !== 'resolved'
      ? [fill(words.resume, view), ...(reader.resumesHere === true ? [fill(words.resumeHere, view)] : [])]
      : []),
    ...linkLine(words.acknowledgeAt, told.acknowledgeLink ?? null, reader),
    ...linkLine(words.link, view.link, reader),
    fill(words.event, view),
    ...(maybeTwice ? [words.maybeTwice] : []),
  ]
  return { title: titleOf(told, reader), lines, link: view.link, severity: notice.severity }
}

export function linkLine(template: string, url: string | null, reader: Reader): readonly string[] {
  const { escapeLink = reader.escape } = reader
  return url === null ? [] : [fillPlain(template, { link: escapeLink(url) })]
}

function untoldLine({ untoldSince }: Told, { language, zone }: Reader): readonly string[] {
  if (untoldSince === undefined) return []
  return [fillPlain(WORDS[language].wasQuiet, { time: new Formats(language, zone).time(untoldSince) })]
}

function acknowledgedLine({ acknowledged }: Told, reader: Reader): readonly string[] {
  return acknowledged === undefined ? [] : [reader.escape(acknowledgedBy(acknowledged, reader))]
}

/** Who acknowledged an alert, and when, as plain text. */
export function acknowledgedBy({ by, at }: Acknowledgement, reader: Pick<Reader, 'language' | 'zone'>): string {
  const { language, zone } = reader
  return fillPlain(WORDS[language].wasAcknowledged, { by: cut(by), time: new Formats(language, zone).time(at) })
}

function wordingOf({ kind, facts }: Notice, words: Words): Wording {
  return facts.isForgotten === true ? words.forgotten : words.kinds[kind]
}

/** Its words before it say why it is told now. */
export function titleOf({ notice, round }: Pick<Told, 'notice' | 'round'>, reader: Reader): string {
  const words = WORDS[reader.language]
  return words.rounds[round.kind] + filler(reader)(wordingOf(notice, words).title, viewOf(notice, reader))
}

/** As it is on a button, which knows no markup. */
export function plainTitleOf({ notice }: Pick<Told, 'notice'>, reader: Omit<Reader, 'escape'>): string {
  return titleOf({ notice, round: { kind: 'first' } }, { ...reader, escape: String })
}

/** Fills in a text for people that knows no markup. */
export function fillPlain(template: string, view: object): string {
  return Mustache.render(template, view, {}, { escape: String })
}

/** Fills in a text for people, and escapes what is filled in. */
export function filler(reader: Reader): (template: string, view: object) => string {
  const escaping = { escape: (value: unknown) => reader.escape(String(value)) }
  return (template, view) => Mustache.render(template, view, {}, escaping)
}

/** What texts about a notice may fill in. */
export function viewOf(notice: Notice, { language, zone, consoleUrl }: Reader) {
  const { facts, trader, kind } = notice
  const words = WORDS[language]
  const formats = new Formats(language, zone)
  const money = (amount: string | undefined) => (amount === undefined ? null : formats.money(amount, facts.currency))
  const percent = (amount: string | undefined) => (amount === undefined ? null : formats.percent(amount))
  const until = facts.until ?? null
  return {
    trader,
    version: isOfEvent(notice) ? notice.version : null,
    at: formats.time(notice.at),
    link:
      consoleUrl === null ? null : trader === null ? consoleUrl : `${consoleUrl}/traders/${encodeURIComponent(trader)}`,
    rule: facts.rule ?? null,
    observedPct: percent(facts.observedPct),
    limitPct: percent(facts.limitPct),
    loss: money(facts.loss),
    base: money(facts.base),
    line: money(facts.line),
    equity: money(facts.equity) ?? '?',
    room: money(facts.room),
    amount: money(facts.amount),
    count: kind === 'out-of-order' ? facts.amount : null,
    until:
      until === null
        ? words.untilOperator
        : Mustache.render(words.until, { time: formats.time(until) }, {}, { escape: String }),
    since: facts.since === undefined ? null : formats.time(facts.since),
    by: cut(facts.by) ?? words.somebody,
    reason: cut(facts.reason),
    holders: facts.holders === undefined || facts.holders.length === 0 ? null : cut(facts.holders.join(', ')),
    source: cut(facts.source),
    tasks:
      facts.tasks === undefined || facts.tasks.length === 0
        ? null
        : facts.tasks.map((task) => words.tasks[task]).join(', '),
    author: cut(facts.by),
    isLimit: kind === 'breach',
    holder: holderOf(notice),
    stillHeld: facts.stillHeld === undefined ? null : cut(facts.stillHeld.join(', ')),
    stillBlocked: facts.stillBlocked === undefined ? null : words.doubts[facts.stillBlocked],
    isAllowed: facts.stillHeld === undefined && facts.stillBlocked === undefined,
    isUnheard: facts.tasks?.length === 0,
    advice: cut(facts.advice),
    isProfit: facts.isProfit === true,
    isFlatten: facts.action === 'flatten',
    isFirm: facts.isFirm === true,
    enforced: facts.enforced === true,
  }
}

/** Whom a resume has to name; null: nobody knows. */
function holderOf({ kind, facts }: Notice): string | null {
  if (kind === 'breach') return facts.rule === undefined ? null : cut(limitHolder(facts.rule))
  return cut(facts.holders?.[0])
}

/** Without line breaks, by which it would look like words of ours. */
function cut(given: string | undefined): string | null {
  return given === undefined ? null : printable(given, GIVEN_MAX).replaceAll(MISLEADING, '�')
}
