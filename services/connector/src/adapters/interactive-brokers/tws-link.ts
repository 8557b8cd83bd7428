import type { EventName, IBApi } from '@stoqey/ib'
import type { Failure } from '../../core/failure.ts'
import { failureOfError } from '../../core/known-errors.ts'
import { Connectivity } from './connectivity.ts'
import type { SummaryLine } from './reading.ts'
import { CLIENT_ID, HOST, type InteractiveBrokersSettings } from './settings.ts'

const TAGS = 'AccountType,NetLiquidation,TotalCashValue'
const REQUESTS_PER_SECOND = 20
const CLIENT_ID_TAKEN = 326
const CONNECT_FAILED = 502

type Answer<T> = { readonly kind: 'answer'; readonly value: T } | Failure

/**
 * A connection to TWS or IB Gateway. It is made by the first question, and made again by the next one after it ended: whoever asks
 * waits between questions.
 */
export class TwsLink {
  readonly #settings: InteractiveBrokersSettings
  #api: IBApi | null = null
  #names: typeof EventName | null = null
  #isReady = false
  #connectivity = new Connectivity()
  #requests = 0
  /** Those who wait for an answer; each is told when the connection fails. */
  readonly #waiting = new Set<(failure: Failure) => void>()

  constructor(settings: InteractiveBrokersSettings) {
    this.#settings = settings
  }

  /** The values of all accounts, as TWS shows them; a failure where they may be old. */
  async summary(signal: AbortSignal): Promise<Answer<readonly SummaryLine[]>> {
    const failed = await this.#connect(signal)
    if (failed !== null) return failed
    this.#requests += 1
    const id = this.#requests
    const lines: SummaryLine[] = []
    const answer = await this.#ask<readonly SummaryLine[]>(signal, (api, names, end) => {
      const line = (of: number, account: string, tag: string, value: string, currency: string) => {
        if (of === id && lines.length < 1_000) lines.push({ account, tag, value, currency })
      }
      const done = (of: number) => {
        if (of === id) end({ kind: 'answer', value: lines })
      }
      const error = (fault: Error, code: number, of: number) => {
        if (of === id) end({ kind: 'temporary', reason: `TWS answers ${code}: ${fault.message}` })
      }
      api.on(names.accountSummary, line).on(names.accountSummaryEnd, done).on(names.error, error)
      api.reqAccountSummary(id, 'All', TAGS)
      return () => {
        api.off(names.accountSummary, line).off(names.accountSummaryEnd, done).off(names.error, error)
        if (api.isConnected) api.cancelAccountSummary(id)
      }
    })
    const { doubt } = this.#connectivity
    return answer.kind === 'answer' && doubt !== null ? { kind: 'unusable', reason: doubt } : answer
  }

  /** Seconds since 1970. */
  async time(signal: AbortSignal): Promise<Answer<number>> {
    const failed = await this.#connect(signal)
    if (failed !== null) return failed
    return this.#ask<number>(signal, (api, names, end) => {
      const told = (seconds: number) => end({ kind: 'answer', value: seconds })
      api.on(names.currentTime, told)
      api.reqCurrentTime()
      return () => api.off(names.currentTime, told)
    })
  }

  close(): void {
    const api = this.#api
    this.#api = null
    this.#isReady = false
    if (api === null) return
    // Its own endings are no news.
    api.removeAllListeners()
    api.on('error' as EventName.error, () => undefined)
    api.disconnect()
    this.#fail({ kind: 'temporary', reason: 'the connection was closed' })
  }

  /** Null: it is connected, and TWS takes requests. */
  async #connect(signal: AbortSignal): Promise<Failure | null> {
    if (this.#api !== null && this.#isReady) return null
    this.close()
    const { IBApi: Api, EventName: names } = await import('@stoqey/ib')
    const { host = HOST, port, client_id: clientId = CLIENT_ID } = this.#settings
    const api = new Api({ host, port, clientId, maxReqPerSec: REQUESTS_PER_SECOND })
    this.#api = api
    this.#names = names
    this.#connectivity = new Connectivity()
    api.on(names.info, (text, code) => this.#hear(code, text))
    api.on(names.error, (error, code) => this.#hear(code, error.message))
    api.on(names.disconnected, () => this.#lost({ kind: 'temporary', reason: 'TWS closed the connection' }))
    const answer = await this.#ask<null>(signal, (_api, _names, end) => {
      // Requests before it are dropped.
      api.once(names.nextValidId, () => end({ kind: 'answer', value: null }))
      api.connect()
      return () => undefined
    })
    if (answer.kind !== 'answer') {
      if (this.#api === api) this.close()
      return answer
    }
    this.#isReady = true
    return null
  }

  #hear(code: number, text: string): void {
    this.#connectivity.hear(code, text)
    if (code === CONNECT_FAILED) this.#lost(unreachable(text))
    if (code === CLIENT_ID_TAKEN) {
      const { client_id: id = CLIENT_ID } = this.#settings
      this.#lost({ kind: 'temporary', reason: `the client id ${id} is in use: write another client_id` })
    }
  }

  #lost(failure: Failure): void {
    this.#isReady = false
    this.#fail(failure)
  }

  #fail(failure: Failure): void {
    for (const end of [...this.#waiting]) end(failure)
  }

  /** @param start begins to listen and asks; what it returns stops listening */
  #ask<T>(
    signal: AbortSignal,
    start: (api: IBApi, names: typeof EventName, end: (answer: Answer<T>) => void) => () => unknown,
  ): Promise<Answer<T>> {
    const [api, names] = [this.#api, this.#names]
    if (api === null || names === null) return Promise.resolve({ kind: 'temporary', reason: 'it is not connected' })
    return new Promise((resolve) => {
      let stop: () => unknown = () => undefined
      const end = (answer: Answer<T>) => {
        this.#waiting.delete(end)
        signal.removeEventListener('abort', late)
        stop()
        resolve(answer)
      }
      const late = () => end({ kind: 'temporary', reason: 'TWS does not answer in time' })
      this.#waiting.add(end)
      signal.addEventListener('abort', late, { once: true })
      stop = start(api, names, end)
    })
  }
}

function unreachable(text: string): Failure {
  const code = /\bE[A-Z]{4,}\b/.exec(text)?.[0]
  const { reason } = failureOfError(Object.assign(new Error(text), code === undefined ? {} : { code }))
  return {
    kind: 'temporary',
    reason: `${reason}; does TWS or IB Gateway run, with "Enable ActiveX and Socket Clients" and this port?`,
  }
}
