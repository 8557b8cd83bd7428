import { createHash } from 'node:crypto'
import {
  ANYBODY_BY_HTTP,
  checkAmountDigits,
  describe,
  parseJson,
  parseTraderId,
  type TraderId,
  traceIdOf,
} from '@drawbridge/contracts'
import { HttpFault } from '@drawbridge/service-kit'
import type { FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Body, Request } from '../core/command.ts'
import { wireOf } from '../core/wire.ts'
import type { KnownTraders } from '../inbound/known-traders.ts'
import type { LoggedEvent } from '../inbound/risk-feed.ts'
import { CreateSchema } from './schemas.ts'

/** The caller: the name of the token. */
export function nameOf(request: FastifyRequest): string {
  return request.principal?.name ?? ANYBODY_BY_HTTP
}

const KEY = /^[\x21-\x7e]{1,100}$/

/** The Idempotency-Key of a request; null: none was sent. @throws if it is none */
export function idempotencyKeyOf({ headers }: FastifyRequest): string | null {
  const key = headers['idempotency-key']
  if (key === undefined) return null
  if (typeof key === 'string' && KEY.test(key)) return key
  const words = 'Idempotency-Key must be 1 to 100 printable ASCII characters without spaces'
  throw new HttpFault(400, 'invalid-key', words)
}

/** The longest id of a cash flow. */
const FLOW_ID_LENGTH = 64

/** What a command may need of its request. Where no tokens are configured, everybody may do everything. */
export function commandRequest(request: FastifyRequest): Request {
  const key = idempotencyKeyOf(request)
  const id = key === null || key.length <= FLOW_ID_LENGTH ? key : createHash('sha256').update(key).digest('hex')
  return { by: nameOf(request), isAdmin: request.principal === null || request.principal.role === 'admin', key: id }
}

/** @throws an error that says why it is not a trader id */
export function traderOf(id: string): TraderId {
  const trader = parseTraderId(id)
  if (trader.ok) return trader.value
  throw new HttpFault(400, 'invalid-trader', trader.reason)
}

/** The query of a command to one trader. */
export const commandQuery = Type.Object({ create: CreateSchema })

/** Whether the caller means a trader that nobody knows yet, and the command without that word. */
export function splitCreate({ create, ...command }: Body, query: { readonly create?: boolean }) {
  if (create !== undefined && typeof create !== 'boolean') {
    throw new HttpFault(400, 'invalid-body', `create must be true or false, got ${describe(create)}`)
  }
  return { command, create: create === true || query.create === true }
}

/**
 * Whether the caller may ask about the trader: one that nobody knows is most likely a typing error. A bot is told nothing of
 * the ids of others, and its token says which traders there are for it.
 * @throws {HttpFault} 404 for an unknown trader, with the id that was probably meant
 */
export async function requireToRead(known: KnownTraders, { principal }: FastifyRequest, id: TraderId): Promise<void> {
  if (principal?.role !== 'bot') await known.requireToRead(id)
}

/** Why there is nothing to show of a trader without an event. */
export async function nothingOf(known: KnownTraders, request: FastifyRequest, id: TraderId): Promise<HttpFault> {
  await requireToRead(known, request, id)
  return new HttpFault(404, 'not-reported', `trader "${id}" has never reported: there is nothing to show yet`)
}

/** The JSON of a body that a route reads itself. @throws an error that says why it is none */
export function bodyOf(request: FastifyRequest): Body {
  const bytes = request.body
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return {}
  const json = parseJson(bytes)
  if (!json.ok) throw new HttpFault(400, 'invalid-body', `the body ${json.reason}`)
  const { text, value } = json.value
  const exact = checkAmountDigits(text)
  if (!exact.ok) throw new HttpFault(400, 'invalid-body', exact.reason)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body
  throw new HttpFault(400, 'invalid-body', `must be a JSON object, got ${describe(value)}`)
}

/** An event in an answer: its sequence in the log, its trace, and its stored form. */
export function logged({ seq, data, traceparent }: LoggedEvent) {
  return { seq, traceId: traceIdOf(traceparent), event: wireOf(data) }
}
