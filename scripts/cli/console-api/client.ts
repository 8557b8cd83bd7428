import { randomUUID } from 'node:crypto'
import type { ProgramContext } from '@drawbridge/service-kit/program'
import { type Address, addressOf } from './address.ts'
import { ConsoleFault, faultOf, NoConsole } from './faults.ts'

const ANSWER_WITHIN_MS = 30_000

/** A change, and the key by which it is one change however often it is sent. */
export interface Change {
  readonly method: 'POST' | 'PUT'
  readonly path: string
  readonly body: object
  /** Given by the user; null: a new one. */
  readonly key: string | null
}

/** What the console answers to a change. */
export interface Changed {
  readonly input: number | null
  readonly seq: number | null
  readonly event: { readonly trader?: string; readonly version?: number; readonly inputSeq: number } | null
  readonly warnings?: readonly string[]
}

/** The operators' API of a console. Every failure says what to do about it. */
export class ConsoleApi {
  readonly #address: Address

  constructor(address: Address) {
    this.#address = address
  }

  static async of(context: ProgramContext, given: Parameters<typeof addressOf>[1]): Promise<ConsoleApi> {
    return new ConsoleApi(await addressOf(context, given))
  }

  async get<T>(path: string): Promise<T> {
    return (await this.#ask('GET', path, {}, undefined)) as T
  }

  /** As {@link get}; null: the console knows nothing of it. */
  async find<T>(path: string): Promise<T | null> {
    try {
      return await this.get<T>(path)
    } catch (error) {
      if (error instanceof ConsoleFault && error.status === 404) return null
      throw error
    }
  }

  /** @throws an error with the key, where it is not known whether the change was taken */
  async change<T = Changed>({ method, path, body, key }: Change): Promise<T> {
    const used = key ?? randomUUID()
    const headers = { 'content-type': 'application/json', 'idempotency-key': used }
    try {
      return (await this.#ask(method, path, headers, JSON.stringify(body))) as T
    } catch (error) {
      const isUnknown =
        error instanceof NoConsole ? !error.isUnsent : error instanceof ConsoleFault && error.status >= 500
      if (!isUnknown) throw error
      const words = `${(error as Error).message}\n  It may have been taken. To make sure, repeat the command with --key ${used}: it counts once.`
      throw new Error(words, { cause: error })
    }
  }

  /** Server-sent events, as the console sends them. @param lastId of the last event that was received */
  async stream(path: string, lastId: number | null, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const headers = lastId === null ? {} : { 'last-event-id': String(lastId) }
    const answer = await this.#request('GET', path, headers, undefined, signal)
    if (answer.ok && answer.body !== null) return answer.body
    throw faultOf(answer.status, await readJson(answer), this.#address.url)
  }

  async #ask(method: string, path: string, headers: Record<string, string>, body: string | undefined) {
    const answer = await this.#request(method, path, headers, body, AbortSignal.timeout(ANSWER_WITHIN_MS))
    const json = await readJson(answer)
    if (answer.ok && json !== undefined) return json
    throw faultOf(answer.status, json, this.#address.url)
  }

  async #request(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<Response> {
    const { url, token } = this.#address
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` }
    try {
      return await fetch(`${url}${path}`, {
        method,
        headers: { ...headers, ...authorization },
        signal,
        redirect: 'manual',
        ...(body === undefined ? {} : { body }),
      })
    } catch (error) {
      if (signal.aborted && (error as Error).name === 'AbortError') throw error
      throw new NoConsole(url, error)
    }
  }
}

/** Undefined: it is no JSON. */
async function readJson(answer: Response): Promise<unknown> {
  try {
    return await answer.json()
  } catch {
    return undefined
  }
}
