import type { ExchangeName } from '../../src/adapters/ccxt/exchanges/exchanges.ts'
import type { FlattenAnswer } from '../../src/port.ts'
import type { Answer, Asked } from '../fake-server.ts'
import { ExchangeScene } from './exchange-scene.ts'
import { FAKES } from './fake-exchanges.ts'

const WITHIN_MS = 60_000

export type Route = Answer | ((asked: Asked) => Answer)
export type Fields = Readonly<Record<string, unknown>>

/** A fake of an exchange whose positions are closed by the real ccxt. */
export class FlattenScene {
  readonly #scene: ExchangeScene

  private constructor(scene: ExchangeScene) {
    this.#scene = scene
  }

  static async open(exchange: ExchangeName, more: object = {}): Promise<FlattenScene> {
    const { secrets, settings } = FAKES[exchange]
    return new FlattenScene(await ExchangeScene.open(exchange, secrets, { ...settings, ...more }))
  }

  get asked(): readonly Asked[] {
    return this.#scene.fake.asked
  }

  /** Forgets what was asked, and answers as said. */
  begin(routes: Readonly<Record<string, Route>>): void {
    this.#scene.fake.asked.length = 0
    for (const [route, answer] of Object.entries(routes)) this.#scene.fake.on(route, answer)
  }

  flatten(): Promise<FlattenAnswer> {
    const call = this.#scene.account.flatten?.(AbortSignal.timeout(WITHIN_MS))
    if (call === undefined) throw new Error('it cannot be flattened')
    return call
  }

  /** What was sent to a route, in order, without what is different each time. */
  sent(route: string): readonly Fields[] {
    return this.#scene.fake.askedFor(route).map((asked) => fieldsOf(asked))
  }

  close(): Promise<void> {
    return this.#scene.close()
  }
}

/** Names of fields that carry times, signatures and names of ours. */
const EACH_TIME = [
  'timestamp',
  'recvWindow',
  'signature',
  'newClientOrderId',
  'orderLinkId',
  'clOrdId',
  'clientOid',
  'cliOrdId',
]

/** What was sent, in a body of JSON or of a form, or in the query. */
export function fieldsOf({ path, body }: Asked): Fields {
  const text = body === '' ? (path.split('?')[1] ?? '') : body
  const fields: unknown = /^[[{]/.test(text) ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text))
  if (Array.isArray(fields)) return { list: fields }
  return Object.fromEntries(Object.entries(fields as Fields).filter(([name]) => !EACH_TIME.includes(name)))
}
