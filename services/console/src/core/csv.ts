/** Fields that a spreadsheet would take for a formula are made text by a quote before them. */
const FORMULA = /^[=+\-@\t\r]/
const NUMBER = /^-?\d+(\.\d+)?$/
const TO_QUOTE = /[",\r\n]/

/** One line as RFC 4180 has it. */
export function csvLine(fields: readonly (string | null)[]): string {
  return `${fields.map(fieldOf).join(',')}\r\n`
}

function fieldOf(value: string | null): string {
  if (value === null) return ''
  const text = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value
  return TO_QUOTE.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
