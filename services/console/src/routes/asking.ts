import { createHash, randomBytes } from 'node:crypto'
import {
  ANYBODY_BY_HTTP,
  headerNames,
  type Parsed,
  parseTraderId,
  type TraderId,
  traceIdOf,
} from '@drawbridge/contracts'
import { HttpFault } from '@drawbridge/service-kit'
import type { FastifyRequest } from 'fastify'
import type { Command } from '../core/command.ts'

const KEY = /^[\x21-\x7e]{1,100}$/

/** Who asks: the name of the token. */
export function nameOf(request: FastifyRequest): string {
  return request.principal?.name ?? ANYBODY_BY_HTTP
}

/** The trace that the request is of, else a new one: every command has a trace. */
export function traceOf(request: FastifyRequest): string {
  const given = request.headers[headerNames.traceparent]
  if (typeof given === 'string' && traceIdOf(given) !== null) return given
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`
}

/** What makes two commands one: that they ask for the same under the same Idempotency-Key. Null: there is none. */
export function keyOf(request: FastifyRequest, command: Command): string | null {
  const key = request.headers['idempotency-key']
  if (key === undefined) return null
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new HttpFault(400, 'invalid-key', 'Idempotency-Key must be 1 to 100 printable ASCII characters, no blanks')
  }
  const content = createHash('sha256').update(command.subject).update('\n').update(command.payload)
  return `${key}:${content.digest('hex').slice(0, 32)}`
}

/** @throws what says why the command is not valid */
export function validCommand(command: Parsed<Command>): Command {
  if (command.ok) return command.value
  throw new HttpFault(400, 'invalid-body', command.reason)
}

/** @throws what says why it is no trader id */
export function traderOf(id: string): TraderId {
  const trader = parseTraderId(id)
  if (trader.ok) return trader.value
  throw new HttpFault(400, 'invalid-trader', trader.reason)
}
