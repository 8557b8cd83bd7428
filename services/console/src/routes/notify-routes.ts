import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import {
  formatInstant,
  HTTP_USER,
  NOTICE_KINDS,
  type NotifyCommand,
  parseInstant,
  subjects,
  toJsonBytes,
} from '@drawbridge/contracts'
import { HttpFault, type HttpServer } from '@drawbridge/service-kit'
import { jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import Type from 'typebox'
import type { AlertReader } from '../inbound/alert-reader.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { nameOf } from './asking.ts'

const read = { access: 'read' } as const
const operate = { access: 'operate' } as const
const tags = ['notify']
const TESTED_WITHIN_MS = 15_000
const LOOK_EVERY_MS = 200
const TAKEN_WITHIN_MS = 2_000

const trader = Type.String({ minLength: 1, maxLength: 64, description: 'the id of a trader; ":system" for faults' })
const bodies = {
  acknowledge: Type.Object(
    {
      trader,
      alert: Type.Optional(Type.String({ maxLength: 200, description: 'one alert, like "breach:max_daily_loss"' })),
    },
    { additionalProperties: false },
  ),
  silence: Type.Object(
    {
      trader: Type.Optional(trader),
      kind: Type.Optional(Type.Enum([...NOTICE_KINDS], { description: `one of ${NOTICE_KINDS.join(', ')}` })),
      until: Type.String({ description: 'a time like "2026-03-12T20:00:00Z"' }),
      reason: Type.String({ minLength: 1, maxLength: 500, description: 'why' }),
    },
    { additionalProperties: false },
  ),
} as const

/** `/api/notify`: who is told, and what became of it. The notifier does what is asked; it is kept until one works. */
export function addNotifyRoutes(server: HttpServer, parts: Pick<OperatorParts, 'connection' | 'alerts'>): void {
  const { connection, alerts } = parts
  server.get(
    '/api/notify',
    { config: read, schema: { summary: 'Channels with their health, alerts that go on, silences', tags } },
    async () => {
      const [channels, open, silences] = await Promise.all([
        alerts.channels(),
        alerts.alerts(),
        alerts.silences().catch(() => []),
      ])
      return {
        channels: known(channels).map(written),
        alerts: known(open).map(alertWritten),
        silences: silences.map(written),
      }
    },
  )
  server.get<{ Params: { trader: string; version: string } }>(
    '/api/notify/deliveries/:trader/:version',
    { config: read, schema: { summary: 'What became of the messages about an event', tags } },
    async ({ params }) => {
      const version = Number(params.version)
      if (!Number.isSafeInteger(version) || version < 0)
        throw new HttpFault(400, 'invalid-version', 'version must be a whole number')
      return { deliveries: known(await alerts.deliveries(token(params.trader), version)).map(written) }
    },
  )
  server.post(
    '/api/notify/acknowledge',
    {
      config: operate,
      schema: { summary: 'Ends repetitions and escalation of alerts of a trader', tags, body: bodies.acknowledge },
    },
    async (request) => {
      const { trader: of, alert = null } = request.body
      await ask(connection, { kind: 'acknowledge', trader: token(of), alert, by: nameOf(request) })
      return { asked: true }
    },
  )
  server.post(
    '/api/notify/silences',
    { config: operate, schema: { summary: 'Keeps alerts from being told until a time', tags, body: bodies.silence } },
    async (request) => {
      const { trader: of = null, kind = null, until, reason } = request.body
      const end = parseInstant(until)
      if (!end.ok) throw new HttpFault(400, 'invalid-body', `until ${end.reason}`)
      const id = randomUUID()
      await ask(connection, {
        kind: 'silence',
        id,
        trader: of,
        notices: kind,
        until: end.value,
        reason,
        by: nameOf(request),
      })
      return { id }
    },
  )
  server.post<{ Params: { id: string } }>(
    '/api/notify/silences/:id/end',
    { config: operate, schema: { summary: 'Ends a silence', tags } },
    async (request) => {
      await ask(connection, { kind: 'end-silence', id: token(request.params.id), by: nameOf(request) })
      return { asked: true }
    },
  )
  addTestRoute(server, connection, alerts)
}

function addTestRoute(server: HttpServer, connection: NatsConnection, alerts: AlertReader): void {
  server.post<{ Params: { channel: string } }>(
    '/api/notify/channels/:channel/test',
    { config: operate, schema: { summary: 'Sends a test message, and waits for its delivery', tags } },
    async (request) => {
      const { channel } = request.params
      const names = known(await alerts.channels()).map(({ name }) => name)
      if (!names.includes(channel)) {
        throw new HttpFault(
          404,
          'unknown-channel',
          `no channel is named "${channel}"; there are ${names.join(', ') || 'none'}`,
        )
      }
      const id = Date.now()
      await ask(connection, { kind: 'test', channel, id, by: nameOf(request) })
      for (const end = Date.now() + TESTED_WITHIN_MS; Date.now() < end; await delay(LOOK_EVERY_MS)) {
        const [delivery] = known(await alerts.deliveries(':system', id))
        if (delivery !== undefined)
          return { channel, outcome: delivery.outcome, reason: delivery.outcome === 'sent' ? null : delivery.detail }
      }
      const health = known(await alerts.channels()).find(({ name }) => name === channel)
      return {
        channel,
        outcome: 'waiting',
        reason: health?.reason ?? 'no notifier works, or the channel takes no more messages now',
      }
    },
  )
}

/** @throws if it is not kept */
async function ask(connection: NatsConnection, command: NotifyCommand): Promise<void> {
  const client = jetstream(connection, { timeout: TAKEN_WITHIN_MS })
  await client.publish(subjects.notifyCommand(HTTP_USER), toJsonBytes(command))
}

function known<T>(found: readonly T[] | null): readonly T[] {
  if (found !== null) return found
  const words =
    'nobody is told anything: config.json has no channel, or npm run provision was not run since; see docs/notify.md'
  throw new HttpFault(404, 'no-notifier', words)
}

const TOKEN = /^[A-Za-z0-9_:-]{1,64}$/

/** It becomes a part of a subject. */
function token(text: string): string {
  if (TOKEN.test(text)) return text
  throw new HttpFault(400, 'invalid-trader', 'it must be 1 to 64 letters, digits, "_", "-" or ":"')
}

const TIMES = ['since', 'lastSentAt', 'openedAt', 'until', 'at']

/** Times as everywhere in the API. */
function written(value: object): object {
  const entries = Object.entries(value).map(([name, field]) => [
    name,
    TIMES.includes(name) && typeof field === 'number' ? formatInstant(field) : field,
  ])
  return Object.fromEntries(entries)
}

function alertWritten({
  notice,
  acknowledged,
  ...alert
}: NonNullable<Awaited<ReturnType<AlertReader['alerts']>>>[number]): object {
  const { severity, version } = notice
  return { ...written(alert), severity, version, acknowledged: acknowledged === null ? null : written(acknowledged) }
}
