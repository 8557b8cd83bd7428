import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { formatInstant, nearestName, parseInstant, SILENCE_DAYS_MAX } from '@drawbridge/contracts'
import { HttpFault, type HttpServer } from '@drawbridge/service-kit'
import type { OpenAlert } from '../inbound/alert-books.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { nameOf, traderOf } from './asking.ts'
import {
  acknowledgementWritten,
  alertWritten,
  channelWritten,
  deliveryWritten,
  mostUrgent,
  notifierWritten,
  silenceWritten,
} from './notify-answers.ts'
import { notifyAnswers, notifyBodies, notifyParams } from './notify-schemas.ts'

const read = { access: 'read' } as const
const operate = { access: 'operate' } as const
const tags = ['notify']
const NOBODY_IS_TOLD = { notifier: null, channels: [], alerts: [], alertsInAll: 0, silences: [] } as const
const TESTED_WITHIN_MS = 15_000
const LOOK_EVERY_MS = 200

type NotifyParts = Pick<OperatorParts, 'alerts' | 'notify' | 'known' | 'tags'>

/** `/api/notify`: who is told, and what became of it. The notifier does what is asked; it is kept until one works. */
export function addNotifyRoutes(server: HttpServer, parts: NotifyParts): void {
  addReads(server, parts)
  addAcknowledge(server, parts)
  addSilences(server, parts)
  addTest(server, parts)
}

function addReads(server: HttpServer, { alerts }: NotifyParts): void {
  const told = {
    summary: 'Channels with their health, alerts that go on, silences',
    tags,
    response: notifyAnswers.told,
  }
  server.get('/api/notify', { config: read, schema: told }, async () => {
    const [channels, open] = await Promise.all([alerts.channels(), alerts.alerts()])
    if (channels === null || open === null) return NOBODY_IS_TOLD
    const [notifier, silences] = await Promise.all([alerts.notifier(), alerts.silences()])
    return {
      notifier: notifierWritten(notifier),
      channels: channels.map(channelWritten),
      alerts: mostUrgent(open).map(alertWritten),
      alertsInAll: open.length,
      silences: silences.map(silenceWritten),
    }
  })
  const summary = 'What became of the messages about an event, and who acknowledged them'
  const schema = { summary, tags, params: notifyParams.event, response: notifyAnswers.deliveries }
  server.get('/api/notify/deliveries/:trader/:version', { config: read, schema }, async ({ params }) => {
    const version = Number(params.version)
    if (!Number.isSafeInteger(version) || version < 0)
      throw new HttpFault(400, 'invalid-version', 'version must be a whole number like 7')
    const trader = traderToken(params.trader)
    const deliveries = await alerts.deliveries(trader, version)
    if (deliveries === null) return { deliveries, acknowledgements: [] }
    const acknowledgements = await alerts.acknowledgements(trader, version)
    return {
      deliveries: deliveries.map(deliveryWritten),
      acknowledgements: acknowledgements.map(acknowledgementWritten),
    }
  })
}

function addAcknowledge(server: HttpServer, { alerts, notify }: NotifyParts): void {
  const summary = 'Ends repetitions and escalation of alerts of a trader; it resumes nothing'
  const schema = { summary, tags, body: notifyBodies.acknowledge, response: notifyAnswers.acknowledged }
  server.post('/api/notify/acknowledge', { config: operate, schema }, async (request, reply) => {
    const { trader: named, alert = null } = request.body
    const trader = traderToken(named)
    const meant = async () => known(await alerts.alertsOf(trader)).filter(({ key }) => alert === null || key === alert)
    const before = await meant()
    if (before.length === 0) throw nothingGoesOn(trader, alert, known(await alerts.alerts()))
    const command = { kind: 'acknowledge', trader, alert, by: nameOf(request) } as const
    const isDone = async () => (await meant()).every(({ acknowledged }) => acknowledged !== null)
    const reason = await notify.ask(command, isDone)
    return reply.code(reason === null ? 200 : 202).send({ alerts: before.map(({ key }) => key), reason })
  })
}

function addSilences(server: HttpServer, { alerts, notify, known: traders, tags: ofTraders }: NotifyParts): void {
  const silencing = {
    summary: 'Keeps alerts from being told until a time',
    tags,
    body: notifyBodies.silence,
    response: notifyAnswers.silenced,
  }
  server.post('/api/notify/silences', { config: operate, schema: silencing }, async (request, reply) => {
    const { trader = null, tag, kind = null, all = false, until, reason: why } = request.body
    const isNamed = trader !== null || tag !== undefined || kind !== null
    if (isNamed === all) throw invalid(all ? ALL_ALONE : NAMES_NOTHING)
    if (trader !== null && tag !== undefined) throw invalid('name a trader or a tag, not both')
    const end = silenceEnd(until)
    if (tag !== undefined && !ofTraders.includes(tag)) throw unknownTag(tag, ofTraders)
    if (trader !== null) await traders.requireToRead(traderOf(trader))
    known(await alerts.channels())
    const id = randomUUID()
    const by = nameOf(request)
    const tagged = tag === undefined ? {} : { tag }
    const told = { trader, ...tagged, notices: kind, until: end, reason: why.trim() }
    const command = { kind: 'silence', id, ...told, by } as const
    const reason = await notify.ask(command, async () => (await alerts.silences()).some((one) => one.id === id))
    return reply.code(reason === null ? 200 : 202).send({ id, reason })
  })
  const ending = { summary: 'Ends a silence', tags, params: notifyParams.silence, response: notifyAnswers.silenced }
  server.post('/api/notify/silences/:id/end', { config: operate, schema: ending }, async (request, reply) => {
    const { id } = request.params
    const isDone = async () => (await alerts.silences()).every((silence) => silence.id !== id)
    known(await alerts.channels())
    if (await isDone())
      throw new HttpFault(404, 'no-silence', 'no silence in force has that id; GET /api/notify lists them')
    const reason = await notify.ask({ kind: 'end-silence', id, by: nameOf(request) }, isDone)
    return reply.code(reason === null ? 200 : 202).send({ id, reason })
  })
}

const NAMES_NOTHING =
  'name a trader, a tag or a kind, or write "all": true, which keeps everything from being told, also broken limits'
const ALL_ALONE = '"all" is everything: leave out trader, tag and kind, or leave out "all"'
const DAY_MS = 86_400_000

function silenceEnd(until: string): number {
  const end = parseInstant(until)
  if (!end.ok) throw invalid(`until ${end.reason}`)
  const now = Date.now()
  if (end.value <= now) throw invalid('until must be in the future')
  const latest = now + SILENCE_DAYS_MAX * DAY_MS
  if (end.value <= latest) return end.value
  throw invalid(`until may be ${SILENCE_DAYS_MAX} days ahead at most: write ${formatInstant(latest)} or earlier`)
}

function invalid(words: string): HttpFault {
  return new HttpFault(400, 'invalid-body', words)
}

function unknownTag(tag: string, known: readonly string[]): HttpFault {
  const meant = nearestName(tag, known)
  const hint = meant === null ? `known: ${known.join(', ') || 'none'}` : `did you mean "${meant}"?`
  return new HttpFault(404, 'unknown-tag', `no trader of config.json has the tag "${tag}", ${hint}`)
}

function addTest(server: HttpServer, { alerts, notify }: NotifyParts): void {
  const summary = 'Sends a test message, and waits for its delivery'
  const schema = { summary, tags, params: notifyParams.channel, response: notifyAnswers.tested }
  server.post('/api/notify/channels/:channel/test', { config: operate, schema }, async (request) => {
    const { channel } = request.params
    const names = known(await alerts.channels()).map(({ name }) => name)
    if (!names.includes(channel)) {
      const there = `no channel has that name; there are ${names.join(', ') || 'none'}`
      const words = `${there}. One that was added to config.json counts once the notifier is restarted`
      throw new HttpFault(404, 'unknown-channel', words)
    }
    const id = Date.now()
    await notify.keep({ kind: 'test', channel, id, by: nameOf(request) })
    for (const end = Date.now() + TESTED_WITHIN_MS; Date.now() < end; await delay(LOOK_EVERY_MS)) {
      const [delivery] = known(await alerts.deliveries(':system', id))
      if (delivery === undefined) continue
      return { channel, outcome: delivery.outcome, reason: delivery.outcome === 'sent' ? null : delivery.detail }
    }
    const health = known(await alerts.channels()).find(({ name }) => name === channel)
    const reason = health?.reason ?? 'no notifier works, or the channel takes no more messages now'
    const advice =
      health?.state === 'shut-out' ? '; mend its address or its secret, which is read again within seconds' : ''
    return { channel, outcome: 'waiting', reason: `${reason}${advice}` }
  })
}

function known<T>(found: readonly T[] | null): readonly T[] {
  if (found !== null) return found
  const words =
    'nobody is told anything: config.json has no channel, or npm run provision was not run since; see docs/notify.md'
  throw new HttpFault(404, 'no-notifier', words)
}

function nothingGoesOn(trader: string, alert: string | null, open: readonly OpenAlert[]): HttpFault {
  const what = alert === null ? `no alert of ${trader} goes on` : `the alert "${alert}" of ${trader} does not go on`
  const others = [...new Set(open.map((one) => one.trader))].slice(0, 10)
  const hint = others.length === 0 ? 'none goes on' : `alerts go on of ${others.join(', ')}`
  return new HttpFault(404, 'no-alert', `${what}; ${hint}`)
}

const SYSTEM = ':system'

/** It becomes a part of a subject. */
function traderToken(text: string): string {
  return text === SYSTEM ? text : traderOf(text)
}
