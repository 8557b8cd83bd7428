const format = new Intl.NumberFormat(undefined, { maximumFractionDigits: 4 })

/** A number as an axis has it: of the reader's language, and as short as it is exact. */
export function formatDecimal(value: number): string {
  return format.format(value === 0 ? 0 : value)
}
