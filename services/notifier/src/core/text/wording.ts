import type { DoubtCode, FaultyTask, Notice, NoticeKind } from '@drawbridge/contracts'

/** The texts of one kind: Mustache templates, which escape what is filled in. */
export interface Wording {
  readonly title: string
  readonly text: string
}

/** The texts of one language. */
export interface Words {
  readonly kinds: Readonly<Record<NoticeKind, Wording>>
  /** Of an alert whose log was lost. */
  readonly forgotten: Wording
  /** Before the title, by why it is told now. */
  readonly rounds: Readonly<Record<'first' | 'repeated' | 'escalated' | 'again' | 'resolved', string>>
  /** Under each text. */
  readonly resume: string
  /** Where people may resume in the chat. */
  readonly resumeHere: string
  readonly link: string
  readonly acknowledgeAt: string
  readonly event: string
  readonly maybeTwice: string
  readonly digest: {
    readonly title: string
    readonly more: string
    /** After the title of a notice: that entries are blocked, and when it happened. */
    readonly blockedUntil: string
    readonly blocked: string
    readonly event: string
    /** Under all of them, where the console has no address. */
    readonly acknowledge: string
    readonly resume: string
  }
  /** What a connector cannot do, after "it cannot". */
  readonly tasks: Readonly<Record<FaultyTask, string>>
  /** Why entries stay blocked after a resume, after a colon. */
  readonly doubts: Readonly<Record<DoubtCode, string>>
  readonly stay: string
  readonly untilOperator: string
  readonly until: string
  readonly somebody: string
  readonly acknowledge: string
  /** To who does it. */
  readonly acknowledged: string
  /** To whoever hears of the alert later. */
  readonly wasAcknowledged: string
  /** Said of an alert that began and ended while it was quiet. */
  readonly wasQuiet: string
  readonly isOver: string
  /** To who taps on the button of an old message. */
  readonly hasNewer: string
  /** Answers to who resumes in a chat. */
  readonly resuming: Readonly<
    Record<
      | 'usage'
      | 'notPaused'
      | 'unknownTrader'
      | 'tooManyHolders'
      | 'tooOften'
      | 'code'
      | 'noCode'
      | 'wrongCode'
      | 'changed'
      | 'resumed'
      | 'stillPaused'
      | 'stillBlocked'
      | 'refused'
      | 'refusedAll'
      | 'refusedFirm'
      | 'refusedLimit'
      | 'undecided'
      | 'nobodyAnswers',
      string
    >
  >
}

/** Whether entries are blocked by what a notice tells, so that it says how they are resumed. */
export function saysHowToResume({ kind, facts }: Notice): boolean {
  return (kind === 'breach' && facts.enforced === true) || kind === 'paused'
}
