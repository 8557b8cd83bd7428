const SHOWN_MAX = 8

/** In which fields two events on the wire differ, in words; empty: in none. */
export function eventDifferences(byRules: Uint8Array, logged: Uint8Array): string {
  const [rules, log] = [fieldsOf(byRules), fieldsOf(logged)]
  const differing = [...new Set([...rules.keys(), ...log.keys()])].filter((path) => rules.get(path) !== log.get(path))
  const words = differing.slice(0, SHOWN_MAX).map((path) => {
    return `${path} would be ${rules.get(path) ?? 'absent'}, the log says ${log.get(path) ?? 'absent'}`
  })
  if (differing.length > SHOWN_MAX) words.push(`and ${differing.length - SHOWN_MAX} more fields`)
  return words.join('; ')
}

/** Every value by its path, like `state.equity`. */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  const add = (path: string, value: unknown) => {
    if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
      fields.set(path, JSON.stringify(value))
      return
    }
    for (const [name, inner] of Object.entries(value)) add(path === '' ? name : `${path}.${name}`, inner)
  }
  add('', JSON.parse(new TextDecoder().decode(bytes)))
  return fields
}
