import { describe } from './amount.ts'

/** Names an unknown field, and a similar known field that was probably meant. */
export function unknownField(name: string, known: readonly string[]): string {
  const near = nearestName(name, known)
  return near === null
    ? `unknown field ${describe(name)} (known: ${known.join(', ')})`
    : `unknown field ${describe(name)}, did you mean "${near}"?`
}

/** The most similar known name within one or two typos; null: none. */
export function nearestName(name: string, known: readonly string[], slipsMax = 2): string | null {
  let nearest: string | null = null
  let within = slipsMax
  for (const candidate of known) {
    if (Math.abs(name.length - candidate.length) > within) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance > within || (nearest !== null && distance === within)) continue
    nearest = candidate
    within = distance
  }
  return nearest
}

/** Up to this length two typos make another id. */
const SHORT_ID = 3

/** The id that was probably meant; null: none is near. */
export function nearestId(id: string, known: readonly string[]): string | null {
  return nearestName(id, known, id.length <= SHORT_ID ? 1 : 2)
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
