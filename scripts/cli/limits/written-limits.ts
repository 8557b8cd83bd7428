/** Limits as the console writes them; those in the long form stand in `limits`, by name. */
export type WrittenLimits = Readonly<Record<string, unknown>>

/** Limits by name, those in the long form beside the others. */
export function flatLimits(limits: WrittenLimits): WrittenLimits {
  const { limits: named = {}, ...short } = limits
  return { ...short, ...(named as WrittenLimits) }
}

/** A value as it is shown. */
export function written(value: unknown): string {
  if (value === undefined) return 'not set'
  if (value === null) return 'none'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
