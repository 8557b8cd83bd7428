import Type from 'typebox'
import { isBareHolder } from './holder.ts'
import { formatInstant } from './instant.ts'
import type { Hold, Pause } from './risk-event.ts'
import { action, holder, instant, nullable } from './schema-fields.ts'
import { timeOrNull, toInstant, toNullableInstant } from './wire-fields.ts'

const HoldSchema = Type.Object({
  holder,
  at: instant,
  until: nullable(instant, 'a time or null'),
  reason: Type.String(),
  /** Absent where an operator holds, and in events of rules before 6. */
  action: Type.Optional(action),
  /** Absent where it is `keep`; in events of rules before 6, limits rebase. */
  onEnd: Type.Optional(Type.Literal('rebase')),
  /** Absent where it is not firm. */
  firmUntil: Type.Optional(instant),
})

/** The wire form of a pause. */
export const PauseSchema = Type.Object({
  since: instant,
  until: nullable(instant, 'a time or null'),
  holds: Type.Array(HoldSchema),
})
type PauseMessage = Type.Static<typeof PauseSchema>

export function pauseToMessage({ since, until, holds }: Pause): PauseMessage {
  return {
    since: formatInstant(since),
    until: timeOrNull(until),
    holds: holds.map((hold) => ({
      holder: hold.holder,
      at: formatInstant(hold.at),
      until: timeOrNull(hold.until),
      reason: hold.reason,
      ...(hold.action === null ? {} : { action: hold.action }),
      ...(hold.onEnd === 'keep' || isBareHolder(hold.holder) ? {} : { onEnd: hold.onEnd }),
      ...(hold.firmUntil === null ? {} : { firmUntil: formatInstant(hold.firmUntil) }),
    })),
  }
}

export function pauseFromMessage(pause: PauseMessage | null | undefined): Pause | null {
  if (pause === undefined || pause === null) return null
  return {
    since: toInstant(pause.since),
    until: toNullableInstant(pause.until),
    holds: pause.holds.map(
      (hold): Hold => ({
        holder: hold.holder,
        at: toInstant(hold.at),
        until: toNullableInstant(hold.until),
        reason: hold.reason,
        action: hold.action ?? null,
        onEnd: hold.onEnd ?? (isBareHolder(hold.holder) ? 'rebase' : 'keep'),
        firmUntil: toNullableInstant(hold.firmUntil ?? null),
      }),
    ),
  }
}
