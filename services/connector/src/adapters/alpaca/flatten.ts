import { printable } from '@drawbridge/contracts'
import { type Failure, isFailure } from '../../core/failure.ts'
import type { FlattenAnswer } from '../../port.ts'
import { valueAt } from '../generic/pointer.ts'
import type { AlpacaApi } from './alpaca-api.ts'

/** Each call cancels the orders that close and places them again, so they get this time to be filled. */
const AGAIN_AFTER_MS = 60_000

/** Cancels all orders and closes all positions at market. While the market is closed, the orders wait for its opening. */
export class Flattening {
  readonly #api: AlpacaApi
  #closedAt = Number.NEGATIVE_INFINITY

  constructor(api: AlpacaApi) {
    this.#api = api
  }

  async run(now: number, signal: AbortSignal): Promise<FlattenAnswer> {
    const positions = await this.#count('/v2/positions', signal)
    if (typeof positions !== 'number') return positions
    const orders = await this.#count('/v2/orders?status=open&limit=500', signal)
    if (typeof orders !== 'number') return orders
    if (positions + orders === 0) return { kind: 'flat' }
    const closing = { kind: 'closing', open: positions + orders } as const
    if (now - this.#closedAt < AGAIN_AFTER_MS) return closing
    const path = '/v2/positions?cancel_orders=true'
    const answer = await this.#api.call({ kind: 'control', method: 'DELETE', path }, signal)
    if (isFailure(answer)) return answer
    const refused = refusedIn(answer.body)
    if (refused !== null) return refused
    this.#closedAt = now
    return closing
  }

  async #count(path: string, signal: AbortSignal): Promise<number | Failure> {
    const answer = await this.#api.get(path, signal, 'act')
    if (isFailure(answer)) return answer
    if (Array.isArray(answer.body)) return answer.body.length
    return { kind: 'unusable', reason: `${path.split('?')[0]} is no list` }
  }
}

/** The answer is 207 even where single positions could not be closed; each says it for itself. */
function refusedIn(body: unknown): Failure | null {
  if (!Array.isArray(body)) return { kind: 'temporary', reason: 'it does not say what it closed' }
  const refused = body.filter((one) => Number(valueAt(one, '/status') ?? 0) >= 400)
  if (refused.length === 0) return null
  const told = refused.map(
    (one) => `${valueAt(one, '/symbol')}: ${valueAt(one, '/body/message') ?? valueAt(one, '/status')}`,
  )
  return { kind: 'temporary', reason: printable(`it did not close ${told.join('; ')}`) }
}
