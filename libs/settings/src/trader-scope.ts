import { describe, type Parsed, parsed, parseTraderId, refused, TRADER_ID_PATTERN } from '@drawbridge/contracts'

/** The traders of a bot's token: ids, and prefixes of ids. */
export interface TraderScope {
  readonly ids: ReadonlySet<string>
  readonly prefixes: readonly string[]
}

/** Each request of a bot is compared with all of them. */
const NAMES_MAX = 100
const prefixPattern = new RegExp(TRADER_ID_PATTERN)

/** Reads `["bot1", "desk-*"]`. */
export function parseTraderScope(value: unknown): Parsed<TraderScope> {
  if (value === undefined)
    return refused('traders is missing: a bot needs the ids of its traders, or prefixes like "desk-*"')
  if (!Array.isArray(value) || value.length === 0 || value.length > NAMES_MAX) {
    return refused(`traders must be a list of 1 to ${NAMES_MAX} ids or prefixes like "desk-*", got ${describe(value)}`)
  }
  const ids = new Set<string>()
  const prefixes: string[] = []
  const faults: string[] = []
  for (const name of value as readonly unknown[]) {
    if (typeof name === 'string') addName(name, ids, prefixes, faults)
    else faults.push(`traders: ${describe(name)} is not an id or a prefix like "desk-*"`)
  }
  return faults.length === 0 ? parsed({ ids, prefixes }) : refused(faults.join('; '))
}

function addName(name: string, ids: Set<string>, prefixes: string[], faults: string[]): void {
  if (!name.endsWith('*')) {
    const id = parseTraderId(name)
    if (id.ok) ids.add(id.value)
    else faults.push(`traders: ${id.reason}`)
    return
  }
  const prefix = name.slice(0, -1)
  if (prefixPattern.test(prefix)) prefixes.push(prefix)
  else if (prefix === '')
    faults.push('traders: "*" would be every trader, name at least the first letters, like "desk-*"')
  else
    faults.push(`traders: ${describe(name)} must be the first letters of an id and one "*" at the end, like "desk-*"`)
}

export function isInScope({ ids, prefixes }: TraderScope, trader: string): boolean {
  return ids.has(trader) || prefixes.some((prefix) => trader.startsWith(prefix))
}

/** In words, like `"bot1" and those that begin with "desk-"`. */
export function scopeInWords({ ids, prefixes }: TraderScope): string {
  const parts = [...[...ids].map((id) => `"${id}"`), ...prefixes.map((prefix) => `those that begin with "${prefix}"`)]
  const last = parts.at(-1) ?? 'none'
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}
