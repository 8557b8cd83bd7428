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

/** The caller: the name of the token. */
export function nameOf(request: FastifyRequest): string {
  return request.principal?.name ?? ANYBODY_BY_HTTP
}

/** The trace of the request, or a new one: every command has a trace. */
export function traceOf(request: FastifyRequest): string {
  const given = request.headers[headerNames.traceparent]
  if (typeof given === 'string' && traceIdOf(given) !== null) return given
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`
}

/** The key by which equal commands count as one, from the Idempotency-Key. Null: none was sent. */
export function keyOf(request: FastifyRequest, command: Command): string | null {
  const key = request.headers['idempotency-key']
  if (key === undefined) return null
  if (typeof key !== 'string' || !KEY.test(key)) {
    throw new HttpFault(
      400,
      'invalid-key',
      'Idempotency-Key must be 1 to 100 printable ASCII characters without spaces',
    )
  }
  const content = createHash('sha256').update(command.subject).update('\n').update(command.payload)
  return `${key}:${content.digest('hex').slice(0, 32)}`
}

/** @throws an error that says why the command is not valid */
export function validCommand(command: Parsed<Command>): Command {
  if (command.ok) return command.value
  throw new HttpFault(400, 'invalid-body', command.reason)
}

/** @throws an error that says why it is not a trader id */
export function traderOf(id: string): TraderId {
  const trader = parseTraderId(id)
  if (trader.ok) return trader.value
  throw new HttpFault(400, 'invalid-trader', trader.reason)
}
