import type { Failure } from '../../../core/failure.ts'
import type { Examination, FlattenAnswer, ReadAnswer } from '../../../port.ts'
import type { Keys } from '../exchanges/exchange-line.ts'
import type { CcxtSettings } from '../settings.ts'

/** What the process of an account is told first. Keys travel here, and in no argument or variable that others may see. */
export interface Opening {
  readonly kind: 'open'
  readonly settings: CcxtSettings
  readonly keys: Keys
  /** Begins the name of each order that we place. */
  readonly marker: string
}

/** What it is asked, by the name of the call. */
export interface Answers {
  readonly read: ReadAnswer
  readonly examine: Examination | Failure
  readonly flatten: FlattenAnswer
}
export type Call = keyof Answers

export interface Request {
  readonly kind: 'ask'
  readonly id: number
  readonly call: Call
}

export interface Response {
  readonly id: number
  readonly answer: Answers[Call]
}
