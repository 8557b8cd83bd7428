/** The shortest text of a decimal: "1000.50000000" and "1000.5" are one amount. */
export function shortest(text: string): string {
  if (!text.includes('.')) return text
  return text.replace(/0+$/, '').replace(/\.$/, '')
}
