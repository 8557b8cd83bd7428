/**
 * A schema as plain JSON, without a name of its own: where it stands names it. A part that has a name goes into `parts`
 * once, and a reference stands in its place.
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
