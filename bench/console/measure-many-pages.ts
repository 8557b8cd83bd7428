import http from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { streams } from '@drawbridge/contracts'
import { roundTo } from '../figures.ts'
import type { BenchServer } from '../server.ts'

/** Each page is given the whole fleet first. */
const SETTLE_MS = 10_000
const MEASURE_MS = 10_000
const AT_ONCE = 20

/** What the log gave to all who read it, per event that it stored meanwhile. */
export interface LogCost {
  readonly pages: number
  readonly consumers: number
  readonly deliveredPerEvent: number
  /** What all pages together were sent. */
  readonly bytesPerSecond: number
}

/** The cost of so many pages for the log, while events flow. They are clients of the live feed, as a page is. */
export async function costOfPages(server: BenchServer, url: string, pages: number): Promise<LogCost> {
  let bytes = 0
  const agent = new http.Agent({ maxSockets: pages })
  const clients: ReturnType<typeof openFeed>[] = []
  try {
    while (clients.length < pages) {
      const some = Array.from({ length: Math.min(AT_ONCE, pages - clients.length) }, () =>
        openFeed(`${url}/api/live`, agent, (count) => (bytes += count)),
      )
      clients.push(...some)
      await Promise.all(some.map(({ opened }) => opened))
    }
    await delay(SETTLE_MS)
    const before = await readersOf(server)
    const bytesBefore = bytes
    await delay(MEASURE_MS)
    const after = await readersOf(server)
    const seqs = [...after.delivered]
    const delivered = seqs.reduce((sum, [name, seq]) => sum + seq - (before.delivered.get(name) ?? 0), 0)
    return {
      pages,
      consumers: after.delivered.size,
      deliveredPerEvent: roundTo(delivered / (after.stored - before.stored), 2),
      bytesPerSecond: Math.round((bytes - bytesBefore) / (MEASURE_MS / 1_000)),
    }
  } finally {
    for (const { close } of clients) close()
  }
}

function openFeed(url: string, agent: http.Agent, onBytes: (count: number) => void) {
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>()
  const request = http.get(url, { agent, headers: { accept: 'text/event-stream' } }, (answer) => {
    if (answer.statusCode !== 200) reject(new Error(`a page was answered ${answer.statusCode}`))
    answer.on('data', (chunk: Buffer) => onBytes(chunk.length))
    answer.on('error', () => undefined)
    resolve()
  })
  request.on('error', reject)
  return { opened, close: () => request.destroy() }
}

/** By consumer, as one that nobody reads any more may be removed meanwhile. */
async function readersOf({ manager }: BenchServer) {
  const { state } = await manager.streams.info(streams.risk)
  const delivered = new Map<string, number>()
  for await (const info of manager.consumers.list(streams.risk)) delivered.set(info.name, info.delivered.consumer_seq)
  return { delivered, stored: state.last_seq }
}
