import { randomBytes } from 'node:crypto'
import { describe, type Instant, parseInstant } from '@drawbridge/contracts'
import { type Failure, isFailure } from '../../../core/failure.ts'
import type { Examination, FlattenAnswer, ReadAnswer } from '../../../port.ts'
import { type Found, readingOf } from '../../generic/reading.ts'
import type { Ask, ExchangeLine, IdRule, Keys, Rights } from '../exchanges/exchange-line.ts'
import { EXCHANGES } from '../exchanges/exchanges.ts'
import type { CcxtSettings } from '../settings.ts'
import { failureOfCcxt, wordsOf } from './failure-of-ccxt.ts'
import type { Answers, Call, Opening } from './messages.ts'
import { askOf, type Exchange, PageError } from './open-exchange.ts'

const UNKNOWN: Rights = { read: null, trade: null, withdraw: null }

/** Answers what the process is asked; whatever goes wrong is a failure. */
export async function answer(call: Call, exchange: Exchange, opening: Opening): Promise<Answers[Call]> {
  const { settings, keys, marker } = opening
  const line: ExchangeLine = EXCHANGES[settings.exchange]
  const ask = askOf(exchange)
  try {
    switch (call) {
      case 'read':
        return await read(line, ask, settings)
      case 'examine':
        return await examine(line, ask, exchange, settings, keys)
      case 'flatten':
        return await flatten(line, ask, settings, marker)
      default:
        throw new TypeError(`no such call: ${call satisfies never}`)
    }
  } catch (error) {
    if (error instanceof PageError) return { kind: 'temporary', reason: `it answers with ${wordsOf(error.message)}` }
    return failureOfCcxt(error, exchange.last_response_headers, Date.now())
  }
}

async function read(line: ExchangeLine, ask: Ask, settings: CcxtSettings): Promise<ReadAnswer> {
  const found = await line.find(ask, settings)
  return isFound(found) ? readingOf(found) : found
}

async function flatten(line: ExchangeLine, ask: Ask, question: CcxtSettings, marker: string): Promise<FlattenAnswer> {
  const answer = await line.flatten?.({ ask, question, newId: (rule) => newOrderId(marker, rule) })
  return answer ?? { kind: 'refused', reason: 'nothing is closed on this exchange: close it yourself' }
}

const PLAIN_IDS: IdRule = { without: /[^!-~]/g, lengthMax: 36 }

/** Begins with whose it is. */
function newOrderId(marker: string, { without, lengthMax }: IdRule = PLAIN_IDS): string {
  const unique = randomBytes(6).toString('hex')
  return `${`${marker.slice(0, lengthMax - unique.length - 1)}-`.replaceAll(without, '')}${unique}`
}

async function examine(
  line: ExchangeLine,
  ask: Ask,
  exchange: Exchange,
  settings: CcxtSettings,
  keys: Keys,
): Promise<Examination | Failure> {
  const began = Date.now()
  const found = await line.find(ask, settings)
  if (!isFound(found)) return found
  const fields = Object.values(found).map(({ name, value }) => [name, textOf(value)] as const)
  const notes = [...line.notes]
  const rights = (await unlessFailed(() => line.rights?.(ask, keys), 'what the key may do', notes)) ?? UNKNOWN
  const aheadMs = await unlessFailed(() => aheadOf(exchange), 'its clock', notes)
  // Whoever asks takes the clock for that of the middle of this call, which waits for the limits of the exchange.
  const clock = typeof aheadMs === 'number' ? instantOf((began + Date.now()) / 2 + aheadMs) : null
  return { fields, clock, rights, notes }
}

/** A part that the exchange does not tell, as many test nets, is a note: the reading is what matters. */
async function unlessFailed<T>(ask: () => Promise<T> | undefined, what: string, notes: string[]): Promise<T | null> {
  try {
    return (await ask()) ?? null
  } catch (error) {
    notes.push(`It does not tell ${what}: ${wordsOf(error instanceof Error ? error.message : String(error))}`)
    return null
  }
}

function isFound(found: Found | Failure): found is Found {
  return !('kind' in found && isFailure(found as Failure))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : describe(value)
}

/** How far its clock is ahead of ours, milliseconds; null: it does not tell. */
async function aheadOf(exchange: Exchange): Promise<number | null> {
  if (exchange.has.fetchTime !== true) return null
  const ms = await exchange.fetchTime()
  return typeof ms === 'number' && Number.isFinite(ms) ? ms - Date.now() : null
}

function instantOf(ms: number): Instant | null {
  const at = parseInstant(new Date(ms).toISOString())
  return at.ok ? at.value : null
}
