import { type Amount, formatAmount, parseAmount, percentOf } from '@drawbridge/contracts'
import Type from 'typebox'

const text = Type.Union([Type.String(), Type.Null()])

/** What a stored event says of a limit, as far as it is used here. */
export const LimitLineSchema = Type.Object({
  name: Type.String(),
  /** Absent: a loss. */
  measure: Type.Optional(Type.Literal('profit')),
  reference: text,
  line: text,
  /** Absent: it blocks at the line. */
  blocksAt: Type.Optional(text),
  /** Absent: it is active. */
  active: Type.Optional(Type.Literal(false)),
  warnedPct: Type.Optional(Type.String()),
  uncomputable: Type.Optional(Type.String()),
  /** To the line. */
  room: text,
})
export type LimitLine = Type.Static<typeof LimitLineSchema>

/** How much room is left to a limit. */
export const LimitRoomSchema = Type.Object({
  name: Type.String({ description: 'the name of the limit' }),
  measure: Type.Enum(['loss', 'profit']),
  line: Type.Union([Type.String(), Type.Null()], { description: 'where entries are blocked, or the line if nowhere' }),
  room: Type.Union([Type.String(), Type.Null()], { description: 'how much more until then; 0 or less: it is broken' }),
  roomPct: Type.Union([Type.String(), Type.Null()], { description: 'that in percent of the whole room' }),
  active: Type.Boolean({ description: 'false: it begins to hold after a profit' }),
  warned: Type.Boolean({ description: 'whether a tier that warns is reached' }),
  uncomputable: Type.Union([Type.String(), Type.Null()], { description: 'why it cannot be computed' }),
})
export type LimitRoom = Type.Static<typeof LimitRoomSchema>

/** The room to each limit, the nearest first; limits without a line come last, in their own order. */
export function roomsOf(limits: readonly LimitLine[]): readonly LimitRoom[] {
  const rooms = limits.map((limit) => ({ limit, at: placeOf(limit) }))
  rooms.sort((a, b) => compare(a.at?.pct ?? null, b.at?.pct ?? null))
  return rooms.map(({ limit, at }) => ({
    name: limit.name,
    measure: limit.measure ?? 'loss',
    line: at === null ? limit.line : formatAmount(at.line),
    room: at === null ? null : formatAmount(at.room),
    roomPct: at?.pct === null || at === null ? null : formatAmount(at.pct),
    active: limit.active ?? true,
    warned: limit.warnedPct !== undefined,
    uncomputable: limit.uncomputable ?? null,
  }))
}

interface PlaceOfLine {
  readonly line: Amount
  readonly room: Amount
  /** Null: there is no room in the whole, so that no share of it can be said. */
  readonly pct: Amount | null
}

/** Where a limit blocks, or its line if it does not, and how far that is; null: it is not known. */
function placeOf({ measure, reference, line, blocksAt = line, room }: LimitLine): PlaceOfLine | null {
  const from = amountOrNull(reference)
  const atLine = amountOrNull(line)
  const toLine = amountOrNull(room)
  if (atLine === null || toLine === null) return null
  const at = amountOrNull(blocksAt) ?? atLine
  const sign = measure === 'profit' ? -1n : 1n
  const left = toLine + sign * (atLine - at)
  const whole = from === null ? 0n : sign * (from - at)
  return { line: at, room: left, pct: whole > 0n ? percentOf(left, whole) : null }
}

function amountOrNull(text: string | null): Amount | null {
  const read = parseAmount(text)
  return read.ok ? read.value : null
}

function compare(a: Amount | null, b: Amount | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return a < b ? -1 : Number(a > b)
}

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
