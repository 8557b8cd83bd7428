import { get, type IncomingMessage } from 'node:http'
import type { TraderId } from '@drawbridge/contracts'

/** An event as the operators' API sends it. */
export interface Logged {
  readonly seq: number
  readonly event: { readonly version: number; readonly trader: TraderId; readonly type: string }
}

/** Reads server-sent events, as a browser does. */
export class EventListener {
  readonly events: Logged[] = []
  readonly ids: number[] = []
  readonly comments: string[] = []
  readonly ended: Promise<void>
  readonly #response: IncomingMessage
  #text = ''

  private constructor(response: IncomingMessage) {
    this.#response = response
    this.ended = new Promise((resolve) => response.once('close', resolve))
    response.on('error', () => undefined)
    response.setEncoding('utf8')
    response.on('data', (part: string) => this.#take(part))
  }

  /** @throws if the response is not 200 */
  static open(url: string, headers: Readonly<Record<string, string>>): Promise<EventListener> {
    return new Promise((resolve, reject) => {
      const request = get(url, { headers, agent: false }, (response) => {
        if (response.statusCode === 200) resolve(new EventListener(response))
        else reject(new Error(`answered ${response.statusCode}`))
        if (response.statusCode !== 200) response.resume()
      })
      request.on('error', reject)
    })
  }

  get contentType(): string | undefined {
    return this.#response.headers['content-type']
  }

  close(): void {
    this.#response.destroy()
  }

  #take(part: string): void {
    const blocks = (this.#text + part).split('\n\n')
    this.#text = blocks.pop() ?? ''
    for (const block of blocks) {
      if (block.startsWith(':')) this.comments.push(block)
      const id = /^id: (\d+)$/m.exec(block)?.[1]
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (id === undefined || data === undefined) continue
      this.ids.push(Number(id))
      this.events.push(JSON.parse(data) as Logged)
    }
  }
}
