import { type Failure, isFailure } from '../../core/failure.ts'
import type { BlockAnswer, UnblockAnswer } from '../../port.ts'
import { valueAt } from '../generic/pointer.ts'
import type { AlpacaApi } from './alpaca-api.ts'

const CONFIGURATION = '/v2/account/configurations'
const WATCHLISTS = '/v2/watchlists'

/**
 * Stops every order of the account by `suspend_trade`. That flag says not who set it, so an empty watchlist with our marker as its
 * name, made before, says that it was us: only then is the flag taken away again.
 */
export class Suspension {
  readonly #api: AlpacaApi
  readonly #marker: string

  constructor(api: AlpacaApi, marker: string) {
    this.#api = api
    this.#marker = marker
  }

  async set(signal: AbortSignal): Promise<BlockAnswer> {
    const isSet = await this.#isSet(signal)
    if (typeof isSet !== 'boolean') return isSet
    if (isSet) return { kind: 'blocked', until: null, changed: false }
    const marks = await this.#marks(signal)
    if (!Array.isArray(marks)) return marks as Failure
    if (marks.length === 0) {
      const body = { name: this.#marker, symbols: [] }
      const marked = await this.#api.call({ kind: 'control', method: 'POST', path: WATCHLISTS, body }, signal)
      if (isFailure(marked)) return marked
    }
    const changed = await this.#change(true, signal)
    return changed ?? { kind: 'blocked', until: null, changed: true }
  }

  async lift(signal: AbortSignal): Promise<UnblockAnswer> {
    const marks = await this.#marks(signal)
    if (!Array.isArray(marks)) return marks as Failure
    if (marks.length === 0) return { kind: 'unblocked', changed: false }
    const isSet = await this.#isSet(signal)
    if (typeof isSet !== 'boolean') return isSet
    const failed = isSet ? await this.#change(false, signal) : null
    if (failed !== null) return failed
    for (const id of marks) {
      const path = `${WATCHLISTS}/${encodeURIComponent(id)}`
      const removed = await this.#api.call({ kind: 'control', method: 'DELETE', path }, signal)
      if (isFailure(removed)) return removed
    }
    return { kind: 'unblocked', changed: isSet }
  }

  async #isSet(signal: AbortSignal): Promise<boolean | Failure> {
    const answer = await this.#api.get(CONFIGURATION, signal, 'act')
    if (isFailure(answer)) return answer
    const isSet = valueAt(answer.body, '/suspend_trade')
    return typeof isSet === 'boolean' ? isSet : { kind: 'unusable', reason: 'in its answer suspend_trade is missing' }
  }

  /** Ids of watchlists that have our marker as their name. */
  async #marks(signal: AbortSignal): Promise<readonly string[] | Failure> {
    const answer = await this.#api.get(WATCHLISTS, signal, 'act')
    if (isFailure(answer)) return answer
    if (!Array.isArray(answer.body)) return { kind: 'unusable', reason: 'its watchlists are no list' }
    return answer.body.filter((one) => valueAt(one, '/name') === this.#marker).map((one) => String(valueAt(one, '/id')))
  }

  /** Null: it is so now, as Alpaca answers. */
  async #change(isWanted: boolean, signal: AbortSignal): Promise<Failure | null> {
    const body = { suspend_trade: isWanted }
    const answer = await this.#api.call({ kind: 'control', method: 'PATCH', path: CONFIGURATION, body }, signal)
    if (isFailure(answer)) return answer
    if (valueAt(answer.body, '/suspend_trade') === isWanted) return null
    return { kind: 'temporary', reason: `it took suspend_trade: ${isWanted}, and did not change it` }
  }
}
