import type { Instant } from './instant.ts'
import type { DoubtCode } from './standing.ts'
import type { TraderId } from './subjects.ts'

/** How bad what is told is, the mildest first. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

/** What people are told. */
export const NOTICE_KINDS = [
  'breach',
  'warning',
  'paused',
  'resumed',
  'silent',
  'restored',
  'uncomputable',
  'computable',
  'unconfirmed',
  'rejected',
  'out-of-order',
  'limits-changed',
  'cash-flow',
  'restarted',
  'corrected',
  'enforcement',
  'fault',
  'recovered',
  'test',
] as const
export type NoticeKind = (typeof NOTICE_KINDS)[number]

/** One thing that people are told, with the numbers of it. Amounts and percentages are decimal strings. */
export interface Notice {
  readonly kind: NoticeKind
  readonly severity: Severity
  /** Null: it is of no trader. */
  readonly trader: TraderId | null
  /** The version of its event; of no trader the stream sequence. */
  readonly version: number
  /** What of the event it is: facts of one event that are told have different parts. */
  readonly part: string
  /** When the rules say it happened. */
  readonly at: Instant
  readonly facts: NoticeFacts
}

/** What a connector may not be able to do; `run-alone`: another process runs the same one. */
export const FAULTY_TASKS = ['read', 'block', 'unblock', 'flatten', 'forward', 'run-alone'] as const
export type FaultyTask = (typeof FAULTY_TASKS)[number]

/** What is known of it; what does not apply is absent. */
export interface NoticeFacts {
  readonly rule?: string
  readonly observedPct?: string
  readonly limitPct?: string
  /** The loss (or the profit) and what its percentage is of. */
  readonly loss?: string
  readonly base?: string
  readonly line?: string
  readonly equity?: string
  readonly room?: string
  readonly currency?: string
  readonly isProfit?: boolean
  readonly action?: 'block-entries' | 'flatten'
  /** Whether it blocks entries. */
  readonly enforced?: boolean
  /** Null: until an operator resumes. */
  readonly until?: Instant | null
  readonly since?: Instant
  readonly by?: string
  readonly reason?: string
  readonly amount?: string
  readonly holders?: readonly string[]
  /** In a resume: who still holds, so that entries stay blocked. Absent: nobody. */
  readonly stillHeld?: readonly string[]
  /** In a resume after which nobody holds: why entries are blocked all the same. Absent: they are allowed. */
  readonly stillBlocked?: DoubtCode
  readonly isFirm?: boolean
  /** Which part of the system has the fault. */
  readonly source?: string
  /** In an end: nothing ended it, but its log was lost, and the next one does not have it. */
  readonly isForgotten?: boolean
  /** In a fault of a connector: what it cannot do. Empty: nothing is heard of it. */
  readonly tasks?: readonly FaultyTask[]
  readonly advice?: string
  /** Whether a fault is over when it is told so; if not, it is over when somebody acknowledges it. */
  readonly tellsItsEnd?: boolean
}

/** Why it is told now. */
export type Round =
  | { readonly kind: 'first' }
  /** Nobody has acknowledged it; counted from 1. */
  | { readonly kind: 'repeated'; readonly count: number }
  /** The step of its routes, counted from 1. */
  | { readonly kind: 'escalated'; readonly step: number }
  /** It was silenced, and goes on; counted from 1. */
  | { readonly kind: 'again'; readonly count: number }
  /** It is over. */
  | { readonly kind: 'resolved' }

/** A notice on its way to one channel. */
export interface Telling {
  readonly channel: string
  readonly notice: Notice
  readonly round: Round
  /** The alert that may be acknowledged by it; null: it is none. */
  readonly alert: string | null
  /** In an end: further alerts that the same notice ends. Absent: none. */
  readonly alsoEnds?: readonly string[]
  /** When it was decided to tell it. */
  readonly decidedAt: Instant
  /** In an end: when the alert began, if that was told to nobody. */
  readonly untoldSince?: Instant
  /** Who knew of the alert by then. Absent: nobody. */
  readonly acknowledged?: Acknowledgement
}

/** That somebody knows of an alert, and takes care. */
export interface Acknowledgement {
  /** As `telegram:<id>`, `link:<channel>`, or the name of a token. */
  readonly by: string
  readonly at: Instant
}

/** What is kept of one, also when the alert is over. */
export interface AcknowledgementRecord extends Acknowledgement {
  /** Its subject token. */
  readonly trader: string
  /** The version of what was told last of the alert. */
  readonly version: number
  readonly alert: string
}

/** One token of a subject, different for each telling of a notice. */
export function roundToken(round: Round): string {
  switch (round.kind) {
    case 'first':
    case 'resolved':
      return round.kind
    case 'repeated':
    case 'again':
      return `${round.kind}-${round.count}`
    case 'escalated':
      return `escalated-${round.step}`
    default:
      return round satisfies never
  }
}

/** The subject token of notices that are of no trader. No trader can have it. */
const NO_TRADER = ':system'

export function traderToken({ trader }: Pick<Notice, 'trader'>): string {
  return trader ?? NO_TRADER
}

const HAVE_NO_EVENT: readonly NoticeKind[] = ['fault', 'recovered', 'test']

/** Whether what it tells is an event of a trader, so that its version is that of the event. */
export function isOfEvent({ kind }: Pick<Notice, 'kind'>): boolean {
  return !HAVE_NO_EVENT.includes(kind)
}

/**
 * Names a telling, whichever process sends it, so that it is stored, sent and recorded once. The time is in it because a log
 * that takes the place of a lost one counts versions again.
 */
export function tellingId({ channel, notice, round }: Telling): string {
  const id = `${traderToken(notice)}.${notice.version}.${notice.part}.${roundToken(round)}.${channel}`
  return isOfEvent(notice) ? `${id}.${notice.at.toString(36)}` : id
}

/** What became of a telling. */
export interface Delivery {
  readonly id: string
  readonly channel: string
  readonly trader: TraderId | null
  readonly version: number
  readonly kind: NoticeKind
  readonly severity: Severity
  readonly round: string
  /** `gave-up`: it was too old, or the receiver refuses it; `silenced`: somebody did not want to hear it. */
  readonly outcome: 'sent' | 'gave-up'
  readonly at: Instant
  readonly attempts: number
  /** Whether a receiver may have got it twice. */
  readonly maybeTwice: boolean
  /** How many notices were sent in the same message; 1: it was alone. */
  readonly together: number
  /** The receiver's id of the message, or why it was given up. */
  readonly detail: string | null
}

/** How a channel does, as people see it. */
export interface ChannelHealth {
  readonly kind: string
  /** `shut-out`: it refuses us until somebody mends that. `removed`: settings name it no more, and nobody is shown it. */
  readonly state: 'untried' | 'ok' | 'failing' | 'shut-out' | 'removed'
  /** When that state began. */
  readonly since: Instant
  /** Why it fails; null: it does not. */
  readonly reason: string | null
  readonly lastSentAt: Instant | null
  /** How many notices wait for it. */
  readonly waiting: number
}
