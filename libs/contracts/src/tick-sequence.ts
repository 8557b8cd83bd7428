/** Up to where a bot has counted its ticks. */
export interface TickSequence {
  /** Who counts; null: the bot does not say, which is a run like any other. */
  readonly run: string | null
  /** The `seq` of the last accepted tick. */
  readonly seq: number
  /** The runs before, the newest first, at most {@link EARLIER_RUNS_MAX}: their ticks are late. */
  readonly earlier: readonly (string | null)[]
}

export const EARLIER_RUNS_MAX = 4
