import { setTimeout as delay } from 'node:timers/promises'
import { printable } from '@drawbridge/contracts'
import { type Failure, isFailure } from '../../core/failure.ts'
import type { HttpAnswer } from '../../outbound/http-calls.ts'
import type { InboundAnswer, InboundMessage, Surroundings } from '../../port.ts'
import { type Alert, readAlert } from './alert.ts'
import { SeenIds } from './seen-ids.ts'
import type { TradingViewSettings } from './settings.ts'
import { isSecret } from './webhook-secret.ts'

/** TradingView hangs up after 3 s. */
const ANSWER_WITHIN_MS = 2_500
/** An order has no more. */
const BODY_MAX = 20_000
/** Failures before anything was sent: the order has certainly not been placed. */
const UNSENT =
  /\((ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)\)$|^the other side allows no call/

/** Takes alerts, and sends on those that may be placed, each at most once. */
export class Webhook {
  readonly #settings: TradingViewSettings
  readonly #surroundings: Pick<Surroundings, 'http' | 'verdict' | 'dryRun' | 'forwarded'>
  readonly #secret: string
  readonly #headers: Readonly<Record<string, string>>
  readonly #seen = new SeenIds()
  readonly #withinMs: number

  constructor(
    settings: TradingViewSettings,
    surroundings: Pick<Surroundings, 'http' | 'verdict' | 'dryRun' | 'forwarded'>,
    { secret, token }: { readonly secret: string; readonly token: string | null },
    withinMs = ANSWER_WITHIN_MS,
  ) {
    this.#settings = settings
    this.#surroundings = surroundings
    this.#secret = secret
    this.#withinMs = withinMs
    this.#headers = {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    }
  }

  async receive({ path, body }: InboundMessage): Promise<InboundAnswer> {
    // The same as for a path that is none: who guesses learns nothing.
    if (!isSecret(path, this.#secret)) return answer(404, { code: 'not-found', reason: 'nothing is here' })
    if (body.length > BODY_MAX) {
      return answer(413, { code: 'body-too-large', reason: `an alert has at most ${BODY_MAX} characters` })
    }
    const alert = readAlert(body, this.#settings)
    if (!alert.ok) return answer(400, { code: 'not-an-order', reason: alert.reason })
    const { id, intent } = alert.value
    const { allowed, code, reason, until } = this.#surroundings.verdict()
    if (intent === 'entry' && !allowed) return answer(200, { intent, code, reason, until })
    if (id !== null && !this.#seen.add(id)) {
      return answer(200, { intent, code: 'repeated', reason: `the alert "${id}" was sent on before` })
    }
    if (this.#surroundings.dryRun) return answer(200, { intent, code: 'dry-run', reason: 'it would be sent on' })
    return this.#forward(alert.value)
  }

  async #forward({ order, id, intent }: Alert): Promise<InboundAnswer> {
    const sent = this.#send(order).then((result) => {
      if (isUnsent(result) && id !== null) this.#seen.forget(id)
      this.#surroundings.forwarded(isFailure(result) ? faultOf(result, { id, intent }) : null)
      return result
    })
    const waiting = new AbortController()
    const late = delay(this.#withinMs, null, { signal: waiting.signal }).catch(() => null)
    const result = await Promise.race([sent, late])
    waiting.abort()
    if (result === null) {
      const reason = `${this.#settings.forward_url} has not answered yet`
      return { status: 202, body: { forwarded: true, intent, code: 'no-answer-yet', reason } }
    }
    if (!isFailure(result)) return { status: 200, body: { forwarded: true, intent, code: 'ok', reason: null } }
    // TradingView sends an alert again after a status from 500 on.
    const status = isUnsent(result) ? 503 : 424
    return answer(status, { intent, code: 'not-forwarded', reason: result.reason })
  }

  #send(order: string): Promise<HttpAnswer | Failure> {
    const { forward_url: url } = this.#settings
    // Written again from what was read, so that the receiver reads the same order as we did. It ends by itself.
    const signal = new AbortController().signal
    const call = { kind: 'control', method: 'POST', url, headers: this.#headers, body: order, signal } as const
    return this.#surroundings.http.json(call)
  }
}

/** Also where TradingView has hung up: it tells nobody of an order that came to nothing. */
function faultOf(result: Failure, { id, intent }: Pick<Alert, 'id' | 'intent'>): Failure {
  const what = `an ${intent}${id === null ? '' : ` (alert "${printable(id, 60)}")`}`
  return { ...result, reason: `${what} ${fateOf(result)}: ${result.reason}` }
}

function fateOf(result: Failure): string {
  if (isUnsent(result)) return 'was not sent on'
  const { status = 500 } = result
  return status < 500 ? 'was refused' : 'was sent on, and nobody knows whether it was placed'
}

function isUnsent(result: HttpAnswer | Failure): boolean {
  return isFailure(result) && UNSENT.test(result.reason)
}

function answer(status: number, told: object): InboundAnswer {
  return { status, body: { forwarded: false, ...told } }
}
