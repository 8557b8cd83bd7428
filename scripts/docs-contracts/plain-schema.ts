/**
 * A schema as plain JSON without its own name: its position names it. A named part goes into `parts` once and is replaced
 * by a reference.
 */
export function plainSchema(schema: object, partsAt: string, parts: Map<string, object>): object {
  const { $id: _name, ...nameless } = schema as { readonly $id?: string }
  const text = JSON.stringify(nameless, (_key, value: unknown) => {
    const name = nameOf(value)
    if (name === null) return value
    if (!parts.has(name)) parts.set(name, plainSchema(value as object, partsAt, parts))
    return { $ref: partsAt + name }
  })
  return JSON.parse(text) as object
}

function nameOf(value: unknown): string | null {
  const name = typeof value === 'object' && value !== null && '$id' in value ? value.$id : null
  return typeof name === 'string' ? name : null
}
