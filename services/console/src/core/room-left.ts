import { formatAmount, parseAmount, percentOf } from '@drawbridge/contracts'
import Type from 'typebox'

const text = Type.Union([Type.String(), Type.Null()])

/** What a stored event says of the line of a limit, as far as it is used here. */
export const LimitLineSchema = Type.Object({
  name: Type.String(),
  reference: text,
  line: text,
  /** Absent: it blocks at the line. */
  blocksAt: Type.Optional(text),
})
type LimitLine = Type.Static<typeof LimitLineSchema>

/** What is left of the room of the nearest limit, percent of the whole; null: no limit has a line. */
export function roomPctOf(
  budget: { readonly room: string; readonly limit: string } | null,
  limits: readonly LimitLine[],
): string | null {
  const nearest = limits.find(({ name }) => name === budget?.limit)
  if (budget === null || nearest === undefined) return null
  const { line, blocksAt = line, reference } = nearest
  const [room, from, to] = [budget.room, reference, blocksAt].map(parseAmount)
  if (!room?.ok || !from?.ok || !to?.ok) return null
  return formatAmount(percentOf(room.value, from.value - to.value))
}
