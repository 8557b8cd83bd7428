import Type from 'typebox'
import { count, nullable } from './schema-fields.ts'

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

export const runName = nullable(Type.String(), 'the name of a run or null')

export const TickSequenceSchema = Type.Object(
  { run: runName, seq: count, earlier: Type.Array(runName, { description: 'the runs before, the newest first' }) },
  { description: 'up to where the bot has counted its ticks' },
)

type SequenceMessage = Type.Static<typeof TickSequenceSchema>

export function sequenceToMessage({ run, seq, earlier }: TickSequence): SequenceMessage {
  return { run, seq, earlier: [...earlier] }
}

export function sequenceFromMessage({ run, seq, earlier }: SequenceMessage): TickSequence {
  return { run, seq, earlier }
}
