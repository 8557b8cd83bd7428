/** What a JSON Pointer (RFC 6901) names in a value; undefined: nothing. */
export function valueAt(value: unknown, pointer: string): unknown {
  if (pointer === '') return value
  let at = value
  for (const written of pointer.slice(1).split('/')) {
    const name = written.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    at = (at as Readonly<Record<string, unknown>>)[name]
  }
  return at
}
