const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/**
 * A name that an object of a valid JSON text has twice; null: none. JSON.parse takes the last one, and whoever reads the file
 * may have seen the first.
 */
export function repeatedField(json: string): string | null {
  /** The names of each object that is open; null: an array. */
  const open: (Set<string> | null)[] = []
  let word: string | null = null
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(null)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':' && word !== null) {
      const names = open.at(-1)
      if (names?.has(word)) return word
      names?.add(word)
    }
    word = token.startsWith('"') ? (JSON.parse(token) as string) : null
  }
  return null
}
