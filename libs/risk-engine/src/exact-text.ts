/** Values as JSON with every digit of their amounts: equal texts are equal values. */
export function exactText(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? String(part) : part))
}
