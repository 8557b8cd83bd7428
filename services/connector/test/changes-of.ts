export type Change = (body: unknown) => unknown

/**
 * Each way to take a part of a value away, or to put something into its place that is no value.
 * @param mayGo begins of places from where a field may be gone for a good reason
 */
export function changesOf(
  value: unknown,
  path: string,
  mayGo: readonly string[] = [],
): readonly (readonly [what: string, change: Change])[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const at = `${path}/${name}`
    const put = (other: unknown): Change => {
      return (body) => (Array.isArray(body) ? body.with(Number(name), other) : { ...(body as object), [name]: other })
    }
    const without: Change = (body) => Object.fromEntries(Object.entries(body as object).filter(([one]) => one !== name))
    const isFree = mayGo.some((fields) => at.startsWith(fields))
    // Any text may be a currency.
    const others = name === 'currency' || name === 'stake' ? [null, '', {}] : [null, '', 'NaN', 'Infinity', {}]
    const deeper = changesOf(inner, at, mayGo).map(([what, change]) => {
      const inside: Change = (body) => put(change((body as Readonly<Record<string, unknown>>)[name]))(body)
      return [what, inside] as const
    })
    return [
      ...(Array.isArray(value) || isFree ? [] : [[`${at} missing`, without] as const]),
      ...others.map((other) => [`${at} as ${JSON.stringify(other)}`, put(other)] as const),
      ...deeper,
    ]
  })
}
