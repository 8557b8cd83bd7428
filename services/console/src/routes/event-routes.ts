import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { streams } from '@drawbridge/contracts'
import { HttpFault, type HttpServer } from '@drawbridge/service-kit'
import Type from 'typebox'
import { eventSubjects } from '../core/event-filter.ts'
import { tailEvents } from '../inbound/event-tail.ts'
import type { LoggedEvent } from '../inbound/risk-feed.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { logged } from './asking.ts'
import { eventStreamAnswer } from './schemas.ts'

/** Settings for listeners. */
export interface ListenerSettings {
  /** Interval of heartbeats, milliseconds. */
  readonly heartbeatMs: number
  /** A listener that reads nothing for this long is disconnected, milliseconds. */
  readonly drainWithinMs: number
  /** Maximum of concurrent listeners. */
  readonly listenersMax: number
}

export const LISTENER_DEFAULTS: ListenerSettings = { heartbeatMs: 15_000, drainWithinMs: 10_000, listenersMax: 100 }

const querystring = Type.Object({
  trader: Type.Optional(Type.String({ description: 'ids of traders, separated by commas' })),
  type: Type.Optional(Type.String({ description: 'types of events, separated by commas' })),
  after: Type.Optional(
    Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'the sequence of an event' }),
  ),
})

/** `/api/events`: the risk log as server-sent events; the id of an event is its sequence in the log. */
export function addEventRoutes(server: HttpServer, parts: OperatorParts, settings: ListenerSettings): void {
  const listeners = new Set<PassThrough>()
  server.addHook('preClose', async () => {
    for (const listener of listeners) listener.end()
  })

  const summary = 'Events as they are stored, as server-sent events'
  const schema = { summary, tags: ['events'], querystring, response: eventStreamAnswer }
  server.get('/api/events', { config: { access: 'read' }, schema }, async (request, reply) => {
    const { trader, type, after } = request.query
    const subjects = eventSubjects(trader, type)
    if (!subjects.ok) throw new HttpFault(400, 'invalid-query', subjects.reason)
    if (listeners.size >= settings.listenersMax) {
      const words = `there are ${settings.listenersMax} listeners already; try again later`
      throw new HttpFault(503, 'too-many-listeners', words)
    }
    const { from, created } = await placeAfter(parts, request.headers['last-event-id'], after)
    const listener = new PassThrough()
    listeners.add(listener)
    const over = new AbortController()
    const heartbeat = setInterval(
      () => listener.writableNeedDrain || listener.write(': heartbeat\n\n'),
      settings.heartbeatMs,
    )
    listener.once('close', () => {
      over.abort()
      clearInterval(heartbeat)
      listeners.delete(listener)
    })
    listener.write('retry: 2000\n\n')
    const { connection, manager, log } = parts
    void tailEvents({
      connection,
      manager,
      log,
      subjects: subjects.value,
      from,
      created,
      onEvent: (event) => listener.write(inWords(event)),
      ready: () => drained(listener, settings.drainWithinMs),
      stopping: over.signal,
    }).then(() => listener.end())
    return reply
      .type('text/event-stream')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      .send(listener)
  })
}

/** The sequence to begin with, and its log. @throws if the given sequence is not in this log */
async function placeAfter({ manager }: OperatorParts, header: unknown, query: number | undefined) {
  const { created, state } = await manager.streams.info(streams.risk)
  const { last_seq: end } = state
  if (header === undefined && query === undefined) return { from: end + 1, created }
  const after = header === undefined ? query : /^\d{1,15}$/.test(String(header)) ? Number(header) : null
  if (after === null || after === undefined) {
    throw new HttpFault(400, 'invalid-event-id', 'Last-Event-ID must be the id of an event, a whole number')
  }
  if (after <= end) return { from: after + 1, created }
  const words = `event ${after} is not in this risk log, which ends at ${end}; start again without Last-Event-ID`
  throw new HttpFault(409, 'unknown-event-id', words)
}

/** Whether the listener can take more; one that reads nothing for too long is disconnected, so that its buffer is bounded. */
async function drained(listener: PassThrough, withinMs: number): Promise<boolean> {
  if (!listener.writableNeedDrain) return listener.writable
  const over = AbortSignal.any([AbortSignal.timeout(withinMs)])
  await once(listener, 'drain', { signal: over }).catch(() => listener.destroy())
  return listener.writable
}

function inWords(event: LoggedEvent): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(logged(event))}\n\n`
}
