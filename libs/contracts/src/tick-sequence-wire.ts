import Type from 'typebox'
import { count, nullable } from './schema-fields.ts'
import type { TickSequence } from './tick-sequence.ts'

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
