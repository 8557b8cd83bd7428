/** Amounts arrive as decimal strings; `Intl` formats the text exactly, without a float between. */
type DecimalText = Intl.StringNumericLiteral

const formats = new Map<string, Intl.NumberFormat>()

function numberFormat(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const known = formats.get(key)
  if (known !== undefined) return known
  const made = new Intl.NumberFormat(undefined, options)
  formats.set(key, made)
  return made
}

/** What is shown where nothing is known. */
export const UNKNOWN = '–'

/** What is rounded to nothing has no sign. */
const NO_MINUS_ZERO = 'negative'

export function formatMoney(amount: string | null): string {
  if (amount === null) return UNKNOWN
  const options = { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: NO_MINUS_ZERO } as const
  return numberFormat('money', options).format(amount as DecimalText)
}

/** With a sign, which says more than a colour. */
export function formatChange(amount: string | null): string {
  if (amount === null) return UNKNOWN
  const options = { minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' } as const
  return numberFormat('change', options).format(amount as DecimalText)
}

/** @param percent in percent, like "12.5" */
export function formatPercent(percent: string | null, digits = 1): string {
  if (percent === null) return UNKNOWN
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: NO_MINUS_ZERO } as const
  return `${numberFormat(`percent ${digits}`, options).format(percent as DecimalText)} %`
}

/** Words of the rules with percentages cut to two digits, which is enough to read; explanations have all of them. */
export function shortened(words: string): string {
  return words.replace(/(\d[.]\d\d)\d+(?= %)/g, '$1')
}

export function formatCount(count: number): string {
  return numberFormat('count', {}).format(count)
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const unit = BYTE_UNITS[step] ?? 'byte'
  const options = { style: 'unit', unit, unitDisplay: 'narrow', maximumSignificantDigits: 3 } as const
  return numberFormat(`bytes ${unit}`, options).format(bytes / 1_000 ** step)
}
