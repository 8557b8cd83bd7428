import Type from 'typebox'
import { authorOf } from './author.ts'
import { formatInstant, type Instant, parseInstant } from './instant.ts'
import { type Parsed, parsed, refused } from './parsed.ts'
import type { PauseOfAll } from './pause-all.ts'
import { instant, nullable } from './schema-fields.ts'

/** What a change of flags asks for: null ends the pause of all. */
export const PauseAllSchema = nullable(
  Type.Object({ until: Type.Optional(nullable(instant, 'a time or null')) }, { additionalProperties: false }),
  '{} or {until}, or null, which ends it',
)

/** What an event says of the pause in force. */
export const PauseOfAllSchema = Type.Object(
  {
    until: nullable(instant, 'a time or null'),
    reason: Type.String(),
    by: nullable(Type.String(), 'a text or null'),
    onBehalfOf: Type.Optional(Type.String()),
  },
  { description: 'the pause of all traders: {until, reason, by}' },
)

/** The end that a change asks for; null: none. */
export function pauseAllUntil({
  until = null,
}: NonNullable<Type.Static<typeof PauseAllSchema>>): Parsed<Instant | null> {
  if (until === null) return parsed(null)
  const end = parseInstant(until)
  return end.ok ? end : refused(`pause_all.until ${end.reason}`)
}

export function pauseOfAllToMessage(pause: PauseOfAll): Type.Static<typeof PauseOfAllSchema> {
  const { until, reason } = pause
  return { until: until === null ? null : formatInstant(until), reason, ...authorOf(pause) }
}

export function pauseOfAllFrom(message: Type.Static<typeof PauseOfAllSchema>): Parsed<PauseOfAll> {
  const until = pauseAllUntil(message)
  return until.ok ? parsed({ until: until.value, reason: message.reason, ...authorOf(message) }) : until
}
