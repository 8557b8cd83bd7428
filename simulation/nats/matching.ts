/** Tells whether a subject is matched by a pattern: `*` stands for one token, `>` at the end for one or more. */
export type Matcher = (subject: string) => boolean

/** A matcher that does its splitting once. */
export function matcherOf(pattern: string): Matcher {
  const wild = firstWildcard(pattern)
  if (wild === -1) return (subject) => subject === pattern
  const prefix = pattern.slice(0, wild)
  if (pattern.slice(wild) === '>') return (subject) => subject.length > wild && subject.startsWith(prefix)
  const rest = pattern.slice(wild).split('.')
  return (subject) => subject.startsWith(prefix) && tokensMatch(rest, subject, wild)
}

/** A matcher of any of some patterns; none of them: of every subject. */
export function matcherOfAny(patterns: readonly string[]): Matcher {
  const [only] = patterns
  if (only === undefined || patterns.includes('>')) return () => true
  if (patterns.length === 1) return matcherOf(only)
  const matchers = patterns.map(matcherOf)
  return (subject) => matchers.some((matches) => matches(subject))
}

export function isLiteral(pattern: string): boolean {
  return firstWildcard(pattern) === -1
}

/** Where the first token that is a wildcard begins; -1: there is none. */
function firstWildcard(pattern: string): number {
  let start = 0
  for (const token of pattern.split('.')) {
    if (token === '*' || token === '>') return start
    start += token.length + 1
  }
  return -1
}

function tokensMatch(pattern: readonly string[], subject: string, from: number): boolean {
  let start = from
  for (const token of pattern) {
    if (start > subject.length) return false
    if (token === '>') return start < subject.length
    const dot = subject.indexOf('.', start)
    const end = dot === -1 ? subject.length : dot
    if (end === start) return false
    if (token !== '*' && subject.slice(start, end) !== token) return false
    start = end + 1
  }
  return start === subject.length + 1
}

/** Rewrites subjects of `from`, which ends with `>`, into ones of `to`, which ends so too; leaves others alone. */
export function transformOf(from: string, to: string): (subject: string) => string {
  if (!from.endsWith('>') || !to.endsWith('>') || !isLiteral(from.slice(0, -2)) || !isLiteral(to.slice(0, -2))) {
    throw new Error(`the simulated server knows no transform from ${from} to ${to}`)
  }
  const matches = matcherOf(from)
  const cut = from.length - 1
  const prefix = to.slice(0, -1)
  return (subject) => (matches(subject) ? prefix + subject.slice(cut) : subject)
}
