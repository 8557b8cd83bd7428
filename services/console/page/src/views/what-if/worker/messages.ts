import type { LimitsMessage } from '@drawbridge/contracts/pure'
import type { RecordingHead, WhatIfReport } from '@drawbridge/risk-engine/what-if'

/** What the page asks its worker: it judges one thing at a time, the last that it was asked. */
export type Asked =
  | {
      readonly kind: 'judge'
      readonly run: number
      readonly trader: string
      /** Limits as people write them, over those that were in force. */
      readonly settings: readonly LimitsMessage[]
    }
  | { readonly kind: 'stop' }

/** What the worker says; `run` names what it was asked. */
export type Told =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly run: number; readonly isDone: boolean; readonly judged: Judged }
  | { readonly kind: 'failed'; readonly run: number; readonly words: string }

export interface Judged {
  /** Events so far, and of how many, about. */
  readonly events: number
  readonly of: number
  readonly cut: RecordingHead['cut']
  readonly from: number
  readonly to: number
  /** What happened, by the same engine, and then what each of the settings would have done. */
  readonly reports: readonly WhatIfReport[]
}
