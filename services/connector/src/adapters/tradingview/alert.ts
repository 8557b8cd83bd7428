import { type Order, reducing } from '@drawbridge/client'
import { describe, type Parsed, parsed, refused } from '@drawbridge/contracts'
import { isRecord } from '../generic/is-record.ts'
import { valueAt } from '../generic/pointer.ts'
import { type ExactJson, readExactJson } from './exact-json.ts'
import type { TradingViewSettings } from './settings.ts'

/** An alert as far as we need to know it. */
export interface Alert {
  /** What is sent on: JSON, with each number as it came. */
  readonly order: string
  /** Null: alerts have none, as configured. */
  readonly id: string | null
  readonly intent: 'exit' | 'entry'
}

/** Longer ids are no ids. */
const ID_MAX = 200

export function readAlert(text: string, settings: TradingViewSettings): Parsed<Alert> {
  const json = jsonIn(text)
  if (!isRecord(json?.value)) {
    return refused(`the alert must be a JSON object, got ${describe(text)}; write one as the message of the alert`)
  }
  const { value, text: order } = json
  const intent = isExit(value, settings) ? 'exit' : 'entry'
  const { id_at: idAt } = settings
  if (idAt === undefined) return parsed({ order, id: null, intent })
  const id = valueAt(value, idAt)
  if (isId(id)) return parsed({ order, id: String(id), intent })
  // Nothing keeps an exit, not even that it could come twice.
  if (intent === 'exit') return parsed({ order, id: null, intent })
  return refused(`${idAt} (id_at) must be a text of 1 to ${ID_MAX} characters, got ${describe(id)}`)
}

function isId(id: unknown): id is string | number {
  return typeof id === 'number' || (typeof id === 'string' && id !== '' && id.length <= ID_MAX)
}

/** What cannot be told is an entry. */
function isExit(order: object, settings: TradingViewSettings): boolean {
  const { exit_at: exitAt, exit_values: exitValues = [] } = settings
  const told = exitAt === undefined ? undefined : valueAt(order, exitAt)
  const isPlain = ['string', 'number', 'boolean'].includes(typeof told)
  return (isPlain && exitValues.includes(String(told))) || isReducing(order, settings)
}

const SIGNS: Readonly<Record<string, string>> = { long: '', short: '-', flat: '' }

function isReducing(order: object, settings: TradingViewSettings): boolean {
  const { side_at: sideAt, quantity_at: quantityAt, before_at: beforeAt, before_size_at: sizeAt } = settings
  if (sideAt === undefined || quantityAt === undefined || beforeAt === undefined || sizeAt === undefined) return false
  const [side, quantity] = [valueAt(order, sideAt), valueAt(order, quantityAt)]
  const [before, size] = [valueAt(order, beforeAt), valueAt(order, sizeAt)]
  if (!isSide(side) || !isQuantity(quantity) || typeof before !== 'string' || !isQuantity(size)) return false
  const sign = Object.hasOwn(SIGNS, before) ? SIGNS[before] : undefined
  // A size with a sign of its own would contradict the word before it.
  if (sign === undefined || String(size).startsWith('-')) return false
  return reducing({ kind: 'net', size: `${sign}${size}` }, { side, quantity })
}

function isSide(side: unknown): side is Order['side'] {
  return side === 'buy' || side === 'sell'
}

function isQuantity(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

function jsonIn(text: string): ExactJson | null {
  try {
    // A mark of the byte order must not keep an exit.
    return readExactJson(text.replace(/^\uFEFF/, ''))
  } catch {
    return null
  }
}
