import type {
  ClosedTrade,
  ConfigEvent,
  Instant,
  RejectionCause,
  Tick,
  TraderControl,
  TraderState,
} from '@drawbridge/contracts/pure'

/** A command that changes nothing but what was due before it: it ends no hold. */
export const NO_COMMAND: TraderControl = {
  kind: 'resume',
  holders: [],
  rebase: false,
  admin: false,
  reason: null,
  by: null,
}

/** A reading that was accepted, with all that rules look at. Its bot's own count and currency were looked at then. */
export interface RecordedReading extends Tick {
  readonly kind: 'reading'
  /** JetStream timestamp, as of the others. */
  readonly time: Instant
}

/** An input of a trader as its history tells it: what the rules need to judge it once more. */
export type RecordedInput =
  | RecordedReading
  /** A tick that was rejected, and would be again: what it said is not kept. */
  | {
      readonly kind: 'rejected'
      readonly time: Instant
      readonly reason: string
      readonly cause: RejectionCause
      readonly closed: readonly ClosedTrade[]
    }
  /** A command, or a wake-up that changed something. For a refused one, {@link NO_COMMAND} keeps the time. */
  | { readonly kind: 'control'; readonly time: Instant; readonly control: TraderControl }
  /** Flags or limits of all traders; of other traders it may say nothing. */
  | { readonly kind: 'configuration'; readonly time: Instant; readonly event: ConfigEvent }
  /** Where the history was cut: the account as it was then. Only configurations come before it. */
  | { readonly kind: 'state'; readonly time: Instant; readonly state: TraderState }
