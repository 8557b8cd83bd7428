import { GATE_CODES, TICK_OUTCOMES } from '@drawbridge/client'
import Type from 'typebox'

/** The answers of the routes, as `/docs` shows them. */

const text = Type.Union([Type.String(), Type.Null()])
const verdictFields = {
  allowed: Type.Boolean(),
  code: Type.Enum([...GATE_CODES], { description: 'why, for programs; the reason is for people' }),
  action: Type.Union([Type.Literal('block-entries'), Type.Literal('flatten'), Type.Null()], {
    description: 'what the holds ask for; "flatten": to close the positions, too',
  }),
  holders: Type.Unsafe<readonly string[]>(
    Type.Array(Type.String(), { description: 'who holds the pause, like "limit:max_drawdown"' }),
  ),
  reason: text,
  until: text,
  budget: Type.Union(
    [
      Type.Object({
        room: Type.String({ description: 'a loss of so much breaks the limit' }),
        limit: Type.String({ description: 'the limit whose line is nearest' }),
        factor: Type.String({ description: 'what part of their usual size new positions may have, 0 to 1' }),
      }),
      Type.Null(),
    ],
    { description: 'how much may be lost yet; null: not known, or without a limit' },
  ),
  retryAfterMs: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
    description: 'report and ask again after so long: the next reading decides',
  }),
}
const ageFields = {
  version: Type.Integer({ description: 'the version of the decision in force; 0: none yet' }),
  ageMs: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
    description: 'how long ago the input of that decision was recorded; null: there is none',
  }),
}
export const VerdictSchema = Type.Object({ ...verdictFields, ...ageFields })
/** An exit asks no gate, so it has no decision. */
export const AnswerSchema = Type.Object({
  ...verdictFields,
  version: Type.Optional(ageFields.version),
  ageMs: Type.Optional(ageFields.ageMs),
})
export const StatusSchema = Type.Object({
  id: Type.String(),
  source: Type.Enum(['http', 'replay', 'sum']),
  version: ageFields.version,
  canTrade: VerdictSchema,
  silentSince: text,
  waitingTicks: Type.Integer(),
  thinnedTicks: Type.Integer(),
  obeys: Type.Array(Type.String(), { description: 'the traders without whose gates this one is not open' }),
  replay: Type.Union([Type.Object({}, { additionalProperties: true }), Type.Null()]),
  sum: Type.Union([
    Type.Object({
      of: Type.Array(Type.String(), { description: 'its members' }),
      undecided: Type.Union([Type.String(), Type.Null()], { description: 'why nobody can say what the sum is now' }),
    }),
    Type.Null(),
  ]),
})
const faults = 'by field: what could not be read; the tick counts without it, unless a limit needs the field'
const reportFields = {
  accepted: Type.Literal(true),
  waitingTicks: Type.Integer({ description: 'readings that NATS has not stored yet' }),
  faults: Type.Optional(Type.Record(Type.String(), Type.String(), { description: faults })),
}
export const JudgedSchema = Type.Object(
  {
    ...reportFields,
    ...verdictFields,
    ...ageFields,
    decision: Type.Object(
      {
        outcome: Type.Enum([...TICK_OUTCOMES], { description: 'what became of this reading' }),
        version: Type.Integer({ description: 'the version of the decision on it' }),
        reason: text,
      },
      { description: 'the decision on this very reading' },
    ),
    message: Type.Null(),
  },
  { description: 'The reading is judged: the answer of can-trade after it, and what became of it' },
)
export const WaitingSchema = Type.Object(
  {
    ...reportFields,
    ...verdictFields,
    ...ageFields,
    decision: Type.Null(),
    message: Type.String({ description: 'why it is not judged yet, and what to do' }),
  },
  { description: 'Taken and not judged yet: `allowed` is false, as no older decision answers for this reading' },
)
