/** The text of a value of a limit in a field; what is not one word is JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Numbers stay as they are typed: the console takes decimal text exactly. Null: it is no JSON, where JSON is needed. */
export function valueOfText(text: string, before: unknown): { readonly value: unknown } | null {
  const word = text.trim()
  if (word === 'null') return { value: null }
  if (word === 'true' || word === 'false') return { value: word === 'true' }
  const isNested = (typeof before === 'object' && before !== null) || /^[{[]/.test(word)
  if (!isNested)
    return { value: /^-?\d{1,15}(\.\d+)?$/.test(word) && String(Number(word)) === word ? Number(word) : word }
  try {
    return { value: JSON.parse(word) as unknown }
  } catch {
    return null
  }
}

/** What differs from what is in force; null: a field cannot be read. */
export function changesOf(
  inForce: Readonly<Record<string, unknown>>,
  texts: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> | null {
  const changes: Record<string, unknown> = {}
  for (const [name, text] of Object.entries(texts)) {
    if (text.trim() === textOf(inForce[name])) continue
    const read = valueOfText(text, inForce[name])
    if (read === null) return null
    changes[name] = read.value
  }
  return changes
}
