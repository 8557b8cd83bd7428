/** Plain data as JSON that keeps amounts: `{"$amount": "..."}` stands for a bigint. For programs of one version alone. */
export function toExactJson(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (typeof part === 'bigint' ? { [AMOUNT]: String(part) } : part))
}

const AMOUNT = '$amount'

export function fromExactJson(text: string): unknown {
  return JSON.parse(text, (_key, part) => (isAmount(part) ? BigInt(part[AMOUNT]) : part))
}

function isAmount(part: unknown): part is { readonly [AMOUNT]: string } {
  return typeof part === 'object' && part !== null && typeof (part as { [AMOUNT]?: unknown })[AMOUNT] === 'string'
}
