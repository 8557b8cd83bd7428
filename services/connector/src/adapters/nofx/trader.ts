import { type Failure, isFailure } from '../../core/failure.ts'
import type { CallKind } from '../../core/token-bucket.ts'
import type { Refusal } from '../../outbound/http-calls.ts'
import { valueAt } from '../generic/pointer.ts'
import type { Asked, Parts, Stoppable } from '../stopping/block-by-stop.ts'
import type { NofxSession } from './session.ts'

/** One trader of NOFX: it runs, or it stands still as a whole. */
export class NofxTrader implements Stoppable {
  readonly id: string
  readonly #session: NofxSession

  constructor(session: NofxSession, id: string) {
    this.#session = session
    this.id = id
  }

  /** What `/api/<of>` says of this trader. */
  ask(of: 'account' | 'status' | 'positions', signal: AbortSignal, kind: CallKind = 'read') {
    const path = `/${of}?trader_id=${encodeURIComponent(this.id)}`
    return this.#session.call({ kind, path }, signal, this.#unknownTrader)
  }

  async look(signal: AbortSignal): Promise<Parts | Failure> {
    const answer = await this.ask('status', signal, 'act')
    if (isFailure(answer)) return answer
    const isRunning = valueAt(answer.body, '/is_running')
    if (typeof isRunning !== 'boolean') return { kind: 'unusable', reason: 'its status does not say is_running' }
    return { kind: 'parts', running: isRunning ? [this.id] : [], stopped: isRunning ? [] : [this.id] }
  }

  stop(_parts: readonly string[], signal: AbortSignal): Promise<Asked> {
    return this.#tell('stop', {}, signal)
  }

  start(_parts: readonly string[], signal: AbortSignal): Promise<Asked> {
    return this.#tell('start', {}, signal)
  }

  /** @param side as NOFX writes it in its positions */
  close(symbol: string, side: string, signal: AbortSignal): Promise<Asked> {
    return this.#tell('close-position', { symbol, side: side.toUpperCase() }, signal)
  }

  async #tell(what: 'stop' | 'start' | 'close-position', body: object, signal: AbortSignal) {
    const path = `/traders/${encodeURIComponent(this.id)}/${what}`
    const call = { kind: 'control', method: 'POST', path, body } as const
    const answer = await this.#session.call(call, signal, this.#unknownTrader)
    return isFailure(answer) ? answer : { kind: 'asked' as const }
  }

  /** NOFX says of a trader of another user or none at all what it says of any slip. */
  readonly #unknownTrader: Refusal = (status, body) => {
    const told = String(valueAt(body, '/error') ?? '')
    const isUnknown = status === 404 ? told.startsWith('Trader') : told === 'Invalid trader ID'
    if (!isUnknown) return null
    const reason = `this user of NOFX has no trader "${this.id}" (nofx_trader): GET /api/my-traders shows the trader_id of each`
    return { kind: 'unusable', reason }
  }
}
