import { type Parsed, parsed, parseTraderId, refused, TRADER_ID_PATTERN, type TraderId } from '@drawbridge/contracts'
import type { Body } from './command.ts'

/** The traders that a command to many is for. */
export type Selection =
  /** All of them, also those that come later. */
  | { readonly kind: 'all' }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'list'; readonly traders: readonly TraderId[] }

/** At most so many commands are given by one request. */
export const SELECTED_MAX = 1_000

const SELECTORS = ['all', 'prefix', 'traders'] as const
const prefixPattern = new RegExp(TRADER_ID_PATTERN)
const WAYS = 'name the traders by one of "all": true, "prefix": "desk-" and "traders": ["bot1", "bot2"]'

/** The traders that a body names, and the command without them. */
export function readSelection(body: Body): Parsed<{ readonly selection: Selection; readonly command: Body }> {
  const { all, prefix, traders, ...command } = body
  const given = SELECTORS.filter((name) => body[name] !== undefined)
  if (given.length !== 1) return refused(given.length === 0 ? WAYS : `${given.join(' and ')} are both given: ${WAYS}`)
  const selection = all !== undefined ? readAll(all) : prefix !== undefined ? readPrefix(prefix) : readList(traders)
  return selection.ok ? parsed({ selection: selection.value, command }) : selection
}

function readAll(all: unknown): Parsed<Selection> {
  return all === true ? parsed({ kind: 'all' }) : refused(`all must be true; ${WAYS}`)
}

function readPrefix(prefix: unknown): Parsed<Selection> {
  if (typeof prefix === 'string' && prefixPattern.test(prefix)) return parsed({ kind: 'prefix', prefix })
  return refused('prefix must be the first letters of ids of traders, like "desk-"')
}

function readList(names: unknown): Parsed<Selection> {
  if (!Array.isArray(names) || names.length === 0 || names.length > SELECTED_MAX) {
    return refused(`traders must be a list of 1 to ${SELECTED_MAX} ids of traders`)
  }
  const ids = new Set<TraderId>()
  const faults: string[] = []
  for (const name of names as readonly unknown[]) {
    const id = parseTraderId(String(name))
    if (id.ok) ids.add(id.value)
    else faults.push(id.reason)
  }
  if (faults.length > 0) return refused(faults.slice(0, 5).join('; '))
  return parsed({ kind: 'list', traders: [...ids] })
}
