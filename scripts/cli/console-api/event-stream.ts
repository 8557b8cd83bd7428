/** A message of a stream of server-sent events. */
export interface ServerSent {
  readonly id: number
  /** Null: it only says where the stream begins. */
  readonly data: string | null
}

/** An event is at most as large as NATS lets it be. */
const MESSAGE_MAX = 16 * 1024 * 1024

/** The messages of a stream, in order; comments are left out. It ends with the stream. @throws if that breaks */
export async function* serverSent(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerSent, void, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const part of stream) {
    const blocks = (rest + decoder.decode(part, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    if (rest.length > MESSAGE_MAX) throw new Error('the console sends a message without an end')
    for (const block of blocks) {
      const id = /^id: (\d+)$/m.exec(block)?.[1]
      if (id !== undefined) yield { id: Number(id), data: /^data: (.*)$/m.exec(block)?.[1] ?? null }
    }
  }
}
