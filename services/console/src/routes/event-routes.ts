import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { HttpFault, type HttpServer } from '@drawbridge/service-kit'
import Type from 'typebox'
import { eventSubjects, namedTraders } from '../core/event-filter.ts'
import { tailEvents } from '../inbound/event-tail.ts'
import type { LoggedEvent } from '../inbound/risk-feed.ts'
import { inOneLine } from '../inbound/risk-log-reader.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { logged } from './asking.ts'
import { endOf, placeOf } from './event-place.ts'
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
  since: Type.Optional(
    Type.String({ description: 'a time with a zone: begins with the first event stored since then' }),
  ),
  follow: Type.Optional(Type.Boolean({ description: 'false: ends with the newest event that there is now' })),
  words: Type.Optional(Type.Boolean({ description: 'true: each event has `words`, what happened in one line' })),
})

/** `/api/events`: the risk log as server-sent events; the id of an event is its sequence in the log. */
export function addEventRoutes(server: HttpServer, parts: OperatorParts, settings: ListenerSettings): void {
  const listeners = new Set<PassThrough>()
  server.addHook('preClose', async () => {
    for (const listener of listeners) listener.end()
  })

  const summary = 'Events as they are stored, as server-sent events'
  const schema = { summary, tags: ['events'], querystring, response: eventStreamAnswer }
  server.get(
    '/api/events',
    { config: { access: 'read', aboutTraders: tradersInQuery }, schema },
    async (request, reply) => {
      const { trader, type, after, since, follow = true, words = false } = request.query
      const subjects = eventSubjects(trader, type)
      if (!subjects.ok) throw new HttpFault(400, 'invalid-query', subjects.reason)
      if (listeners.size >= settings.listenersMax) {
        const words = `there are ${settings.listenersMax} listeners already; try again later`
        throw new HttpFault(503, 'too-many-listeners', words)
      }
      const { connection, manager, log } = parts
      const lastEventId = request.headers['last-event-id']
      const { from, created } = await placeOf(manager, { lastEventId, after, since })
      const until = follow ? null : await endOf(manager, subjects.value)
      const written = words ? inWords : asStored
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
      // Who loses the connection before the first event says with this id where it began.
      listener.write(`retry: 2000\nid: ${from - 1}\n\n`)
      void tailEvents({
        connection,
        manager,
        log,
        subjects: subjects.value,
        from,
        created,
        until,
        onEvent: (event) => listener.write(messageOf(event.seq, written(event))),
        ready: () => drained(listener, settings.drainWithinMs),
        stopping: over.signal,
      }).then(() => listener.end())
      return reply
        .type('text/event-stream')
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .send(listener)
    },
  )
}

/** Empty: all of them. What is not one list of names is nobody's. */
function tradersInQuery({ query }: { readonly query: unknown }): readonly string[] {
  const { trader } = query as { readonly trader?: unknown }
  return typeof trader === 'string' ? namedTraders(trader) : []
}

/** Whether the listener can take more; one that reads nothing for too long is disconnected, so that its buffer is bounded. */
async function drained(listener: PassThrough, withinMs: number): Promise<boolean> {
  if (!listener.writableNeedDrain) return listener.writable
  const over = AbortSignal.any([AbortSignal.timeout(withinMs)])
  await once(listener, 'drain', { signal: over }).catch(() => listener.destroy())
  return listener.writable
}

function asStored(event: LoggedEvent): object {
  return logged(event)
}

function inWords(event: LoggedEvent): object {
  return { ...logged(event), words: inOneLine(event) }
}

function messageOf(id: number, data: object): string {
  return `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`
}
