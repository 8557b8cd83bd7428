import { type ApiError, apiErrors } from './api-format.ts'
import { asBuffer, type Message, parseHeaders } from './message.ts'

const ID = 'Nats-Batch-Id'

/** What became of a message of a batch. */
export type BatchOutcome =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'refused'; readonly error: ApiError }
  | { readonly kind: 'complete'; readonly id: string; readonly messages: readonly Message[] }

/** The batches that are being published to one stream: their messages wait until the last one comes. */
export class Batches {
  readonly #begun = new Map<string, Message[]>()

  static has({ headers }: Message): boolean {
    return headers.length > 0 && asBuffer(headers).includes(ID)
  }

  /** @param allowed whether the stream takes batches */
  take(message: Message, allowed: boolean): BatchOutcome {
    if (!allowed) return { kind: 'refused', error: apiErrors.batchesDisabled }
    const headers = parseHeaders(message.headers)
    const id = headers.get(ID) ?? ''
    const sequence = Number(headers.get('Nats-Batch-Sequence'))
    if (sequence === 1) this.#begun.set(id, [])
    const messages = this.#begun.get(id)
    if (messages === undefined || messages.length + 1 !== sequence) {
      this.#begun.delete(id)
      return { kind: 'refused', error: apiErrors.batchIncomplete }
    }
    messages.push(message)
    if (headers.get('Nats-Batch-Commit') !== '1') return { kind: 'incomplete' }
    this.#begun.delete(id)
    return { kind: 'complete', id, messages }
  }

  /** The server dies, and has no batch any more that was not complete. */
  forget(): void {
    this.#begun.clear()
  }
}
