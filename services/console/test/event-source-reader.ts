/** Reads server-sent events with their names, as a page does. */
export class EventSourceReader {
  readonly messages: { readonly kind: string; readonly data: unknown }[] = []
  readonly #over = new AbortController()
  isOver = false

  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<EventSourceReader> {
    const reader = new EventSourceReader()
    const response = await fetch(url, { headers, signal: reader.#over.signal })
    if (!response.ok || response.body === null) throw new Error(`${url} answered ${response.status}`)
    void reader.#read(response.body)
    return reader
  }

  close(): void {
    this.#over.abort()
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = ''
    try {
      for await (const text of body.pipeThrough(new TextDecoderStream())) {
        const parts = (rest + text).split('\n\n')
        rest = parts.pop() ?? ''
        for (const part of parts) this.#take(part)
      }
    } catch {
      // It was closed, here or there.
    }
    this.isOver = true
  }

  #take(part: string): void {
    const [, kind, data] = /^event: (\w+)\ndata: (.*)$/s.exec(part) ?? []
    if (kind !== undefined && data !== undefined) this.messages.push({ kind, data: JSON.parse(data) })
  }
}
