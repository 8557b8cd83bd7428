import { describe, type Instant, parseInstant } from '@drawbridge/contracts'
import { type Failure, isFailure } from '../../../core/failure.ts'
import type { Examination, ReadAnswer } from '../../../port.ts'
import { type Found, readingOf } from '../../generic/reading.ts'
import type { Ask, ExchangeLine, Rights } from '../exchanges/exchange-line.ts'
import { EXCHANGES } from '../exchanges/exchanges.ts'
import type { CcxtSettings } from '../settings.ts'
import { failureOfCcxt, wordsOf } from './failure-of-ccxt.ts'
import type { Answers, Call } from './messages.ts'
import { askOf, type Exchange, PageError } from './open-exchange.ts'

const UNKNOWN: Rights = { read: null, trade: null, withdraw: null }

/** Answers what the process is asked; whatever goes wrong is a failure. */
export async function answer(call: Call, exchange: Exchange, settings: CcxtSettings): Promise<Answers[Call]> {
  const line: ExchangeLine = EXCHANGES[settings.exchange]
  const ask = askOf(exchange)
  try {
    switch (call) {
      case 'read':
        return await read(line, ask, settings)
      case 'examine':
        return await examine(line, ask, exchange, settings)
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

async function examine(
  line: ExchangeLine,
  ask: Ask,
  exchange: Exchange,
  settings: CcxtSettings,
): Promise<Examination | Failure> {
  const found = await line.find(ask, settings)
  if (!isFound(found)) return found
  const fields = Object.values(found).map(({ name, value }) => [name, textOf(value)] as const)
  const rights = await (line.rights?.(ask) ?? UNKNOWN)
  return { fields, clock: await clockOf(exchange), rights, notes: line.notes }
}

function isFound(found: Found | Failure): found is Found {
  return !('kind' in found && isFailure(found as Failure))
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : describe(value)
}

/** Null: it does not tell. */
async function clockOf(exchange: Exchange): Promise<Instant | null> {
  if (exchange.has.fetchTime !== true) return null
  const ms = await exchange.fetchTime()
  if (typeof ms !== 'number' || !Number.isFinite(ms)) return null
  const at = parseInstant(new Date(ms).toISOString())
  return at.ok ? at.value : null
}
