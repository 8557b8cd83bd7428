import { setTimeout as wait } from 'node:timers/promises'
import type { ConsoleApi } from '../console-api/client.ts'
import { serverSent } from '../console-api/event-stream.ts'
import { ConsoleFault } from '../console-api/faults.ts'

/** Reads the events of one request, each once, also after the console was away. */
export class EventReading {
  readonly #api: ConsoleApi
  readonly #path: string
  readonly #onEvent: (data: string) => void
  #lastId: number | null = null

  constructor(api: ConsoleApi, path: string, onEvent: (data: string) => void) {
    this.#api = api
    this.#path = path
    this.#onEvent = onEvent
  }

  /** Until the console ends the stream. @throws if it cannot be asked, or breaks off */
  async read(stopping: AbortSignal): Promise<void> {
    await this.#take(await this.#open(stopping))
  }

  /**
   * Until it is stopped.
   * @param onAway called each time that the console goes away
   * @throws if it cannot be asked the first time, and if it refuses to go on
   */
  async follow(stopping: AbortSignal, retryMs: number, onAway: () => void): Promise<void> {
    let stream: ReadableStream<Uint8Array> | null = await this.#open(stopping)
    while (!stopping.aborted) {
      if (stream !== null) {
        await this.#take(stream).catch(() => undefined)
        if (!stopping.aborted) onAway()
      }
      await wait(retryMs, null, { signal: stopping }).catch(() => undefined)
      if (!stopping.aborted) stream = await this.#open(stopping).catch(unlessRefused)
    }
  }

  #open(stopping: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    return this.#api.stream(this.#path, this.#lastId, stopping)
  }

  async #take(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const { id, data } of serverSent(stream)) {
      this.#lastId = id
      if (data !== null) this.#onEvent(data)
    }
  }
}

/** A console that is away or busy is asked again. */
function unlessRefused(error: unknown): null {
  if (error instanceof ConsoleFault && error.status < 500) throw error
  return null
}
