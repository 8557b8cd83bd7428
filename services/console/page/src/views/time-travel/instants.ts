import type { TimeSpan } from '../../history/time-span.ts'

/** The slider goes from 0 to this. */
export const STEPS = 1_000

/** @returns the instant in the whole at a place of the slider */
export function instantAt(step: number, { from, until }: TimeSpan): number {
  return Math.round(from + ((until - from) * step) / STEPS)
}

/** @returns the place of the slider for an instant */
export function stepOf(at: number, { from, until }: TimeSpan): number {
  return Math.min(STEPS, Math.max(0, Math.round(((at - from) / (until - from)) * STEPS)))
}

/** An instant as a field for date and time has it, in UTC or in the zone of this machine. */
export function toField(at: number, isUtc: boolean): string {
  const shifted = isUtc ? at : at - new Date(at).getTimezoneOffset() * 60_000
  return new Date(shifted).toISOString().slice(0, 19)
}

/** @returns the instant that a field says; null: it says none */
export function fromField(text: string, isUtc: boolean): number | null {
  const at = Date.parse(isUtc ? `${text}Z` : text)
  return Number.isNaN(at) ? null : at
}

/** With it a browser takes four digits of a year, and not six. */
export const FIELD_MAX = '9999-12-31T23:59:59'

/** What the field shows of an instant: what was typed, if it says that instant. In old years, zones have odd seconds. */
export function fieldOf(at: number, typed: string, isUtc: boolean): string {
  return fromField(typed, isUtc) === at ? typed : toField(at, isUtc)
}
