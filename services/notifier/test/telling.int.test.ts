import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  type ChannelHealth,
  type ConnectorFault,
  durables,
  formatInstant,
  type NotifyCommand,
  notifierStreams,
  streams,
  subjects,
  toJsonBytes,
} from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { eventually } from '@drawbridge/testing'
import { metric } from '@drawbridge/testing/persister-scene'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { jetstream } from '@nats-io/jetstream'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './notifier-scene.ts'
import { Receiver } from './receiver.ts'

let receiver: Receiver
let scene: Scene
let folder: string
const SECRET = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`
const OLD = `whsec_${Buffer.from('the secret that was there before!').toString('base64')}`

beforeEach(async () => {
  receiver = await Receiver.open()
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-notifier-'))
  await writeFile(path.join(folder, 'secret'), SECRET)
  await writeFile(path.join(folder, 'old'), OLD)
})
afterEach(async () => {
  await scene.close()
  await receiver.close()
  await rm(folder, { recursive: true })
})

/** The events of a trader that loses too much in a day. */
function breach(trader = 'bot1'): TraderLog {
  const log = new TraderLog(trader)
  log.tick(1_000)
  log.tick(890)
  return log
}

test('a broken limit reaches a webhook, signed with both secrets, and is recorded', async () => {
  const files = { secret_file: path.join(folder, 'secret'), old_secret_file: path.join(folder, 'old') }
  scene = await Scene.open({
    channels: { desk: { kind: 'webhook', url: `${receiver.url}/hook`, ...files } },
    console_url: 'https://drawbridge.example',
  })
  await scene.start()
  await scene.publish(breach().events)

  const [received] = await receiver.untilReceived(1)
  const { path: at, headers, body } = received ?? { path: '', headers: {}, body: '' }
  expect(at).toBe('/hook')
  expect(headers['webhook-id']).toMatch(/^bot1\.2\.breach-0\.first\.desk\.[0-9a-z]+$/)
  for (const secret of [SECRET, OLD]) {
    expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow()
  }
  const { type, data } = JSON.parse(body)
  expect(type).toBe('drawbridge.breach')
  expect(data).toMatchObject({
    severity: 'critical',
    link: 'https://drawbridge.example/traders/bot1',
    maybe_twice: false,
  })
  expect(data.title).toBe('bot1: max_daily_loss broken (11 %)')
  expect(data.text).toContain('Lost 110.00 of 1,000.00 = 11 %; the limit is 10 %')
  expect(data.text).toContain('Open positions stay open')
  expect(data.text).toContain('drawbridge -- resume bot1')
  expect(data.text).toContain('Event 2 of bot1')

  expect(await scene.untilDelivered('bot1.2.breach-0.first.desk')).toMatchObject({
    outcome: 'sent',
    attempts: 1,
    maybeTwice: false,
    together: 1,
  })
})

const webhook = (at: string, more: object = {}) => ({ kind: 'webhook', url: `${receiver.url}/${at}`, ...more })
const sentTo = (at: string) =>
  receiver.received.filter(({ path: to }) => to === `/${at}`).map(({ body }) => JSON.parse(body))

async function command(wanted: NotifyCommand): Promise<void> {
  await jetstream(scene.connection).publish(subjects.notifyCommand('http'), toJsonBytes(wanted))
}

test('a channel that is away never holds another', async () => {
  receiver.answer = ({ path: at }) => ({ status: at === '/dead' ? 503 : 200 })
  scene = await Scene.open({ channels: { dead: webhook('dead'), alive: webhook('alive') } })
  const service = await scene.start()
  for (const trader of ['bot1', 'bot2', 'bot3']) await scene.publish(breach(trader).events)
  for (const trader of ['bot1', 'bot2', 'bot3']) await scene.untilDelivered(`${trader}.2.breach-0.first.alive`)
  expect(sentTo('alive').map(({ data }) => data.notices[0].trader)).toEqual(['bot1', 'bot2', 'bot3'])
  await eventually(() => sentTo('dead').length > 0, { what: 'the other channel to be tried' })
  expect(await metric(service, 'notifier_channel_failing')).toBe(1)
  expect(await scene.delivery('bot1.2.breach-0.first.dead')).toBeNull()

  receiver.answer = () => ({ status: 200 })
  for (const trader of ['bot1', 'bot2', 'bot3']) await scene.untilDelivered(`${trader}.2.breach-0.first.dead`)
  await eventually(async () => (await metric(service, 'notifier_channel_failing')) === 0, { what: 'it to work again' })
})

test('a channel that refuses messages, which are lost by that, is failing until it takes one', async () => {
  receiver.answer = () => ({ status: 422 })
  scene = await Scene.open({ channels: { desk: webhook('desk') } })
  const service = await scene.start()
  await scene.publish(breach('bot1').events)
  expect(await scene.untilDelivered('bot1.2.breach-0.first.desk')).toMatchObject({ outcome: 'gave-up' })
  await eventually(async () => (await metric(service, 'notifier_channel_failing')) === 1, { what: 'it to be failing' })

  receiver.answer = () => ({ status: 200 })
  await scene.publish(breach('bot2').events)
  await scene.untilDelivered('bot2.2.breach-0.first.desk')
  await eventually(async () => (await metric(service, 'notifier_channel_failing')) === 0, { what: 'it to work again' })
})

test('a channel whose secret is missing is failing before anything happens, until the file is there', async () => {
  const file = path.join(folder, 'missing')
  scene = await Scene.open({ channels: { chat: { kind: 'slack', url_file: file }, desk: webhook('desk') } })
  const service = await scene.start()
  const found = () => lastMessage(scene.manager, notifierStreams.alerts, subjects.channelHealth('chat'))
  const health = await eventually(
    async () => {
      const told = (await found())?.json<ChannelHealth>()
      return told?.state === 'shut-out' && told
    },
    { what: 'the channel to be shut out' },
  )
  expect(health.reason).toContain(file)
  expect(await metric(service, 'notifier_channel_failing')).toBe(1)

  await writeFile(file, `${receiver.url}/slack`)
  await eventually(async () => (await found())?.json<ChannelHealth>().state === 'untried', { what: 'it to be mended' })
})

test('the next notifier knows that a channel works, and when it took a message', async () => {
  scene = await Scene.open({ channels: { desk: webhook('desk') } })
  const first = await scene.start()
  await scene.publish(breach().events)
  const found = () => lastMessage(scene.manager, notifierStreams.alerts, subjects.channelHealth('desk'))
  const isOk = async () => {
    const told = await found()
    return told?.json<ChannelHealth>().state === 'ok' && told
  }
  const before = await eventually(isOk, { what: 'the channel to be well' })
  await first.stop()
  await scene.start()
  const isNewer = async () => {
    const told = await found()
    return told !== null && told.seq > before.seq && told
  }
  const after = await eventually(isNewer, { what: 'the next notifier' })
  const { lastSentAt } = before.json<ChannelHealth>()
  expect(after.json<ChannelHealth>()).toMatchObject({ state: 'ok', lastSentAt })
})

test('a thousand breaches at once are a few messages, and each has its record', async () => {
  scene = await Scene.open({ channels: { desk: webhook('desk') } })
  const logs = Array.from({ length: 1_000 }, (_, index) => breach(`bot${index}`))
  await Promise.all(logs.map((log) => scene.publish(log.events)))
  const service = await scene.start()
  await eventually(async () => (await metric(service, 'notifier_notices_told_total')) === 1_000, {
    what: 'all to be told',
    timeoutMs: 90_000,
  })
  expect(receiver.received.length).toBeLessThanOrEqual(10)
  const counted = sentTo('desk').reduce((sum, { data }) => sum + data.notices.length + data.more, 0)
  expect(counted).toBe(1_000)
  for (const trader of ['bot0', 'bot500', 'bot999']) {
    expect(await scene.delivery(`${trader}.2.breach-0.first.desk`)).toMatchObject({ outcome: 'sent' })
  }
})

test('the very first notifier tells what happened in the last quarter of an hour, and nothing older', async () => {
  scene = await Scene.open({ channels: { desk: webhook('desk') } })
  await scene.publish(breach('bot1').events)
  await scene.start({ now: () => Date.now() + 16 * 60_000 })
  const begins = () => scene.manager.consumers.info(streams.risk, durables.notifier)
  await eventually(begins, { what: 'it to begin' })
  await scene.publish(breach('bot2').events)
  await scene.untilDelivered('bot2.2.breach-0.first.desk')
  expect(sentTo('desk').map(({ data }) => data.notices[0].trader)).toEqual(['bot2'])
})

test('what happened 14 minutes before the very first notifier is told', async () => {
  scene = await Scene.open({ channels: { desk: webhook('desk') } })
  await scene.publish(breach('bot1').events)
  await scene.start({ now: () => Date.now() + 14 * 60_000 })
  await scene.untilDelivered('bot1.2.breach-0.first.desk')
})

test('a message that cannot be sent for a day is given up, and it is recorded why', async () => {
  receiver.answer = () => ({ status: 503 })
  scene = await Scene.open({ channels: { desk: webhook('desk') }, repeat_minutes: [] })
  let ahead = 0
  await scene.start({ now: () => Date.now() + ahead })
  await scene.publish(breach('bot1').events)
  await receiver.untilReceived(1)
  expect(await scene.delivery('bot1.2.breach-0.first.desk')).toBeNull()
  ahead = 24 * 3_600_000
  expect(await scene.untilDelivered('bot1.2.breach-0.first.desk')).toMatchObject({
    outcome: 'gave-up',
    detail: 'it is older than a day, and could not be sent: HTTP 503',
  })
})

test('an alert goes to the next channel, until somebody acknowledges it', async () => {
  const routes = [
    {
      to: ['desk'],
      escalate: [
        { after_minutes: 10, to: ['chief'] },
        { after_minutes: 20, to: ['boss'] },
      ],
    },
  ]
  scene = await Scene.open({
    channels: { desk: webhook('desk'), chief: webhook('chief'), boss: webhook('boss') },
    routes,
    repeat_minutes: [],
  })
  let ahead = 0
  const service = await scene.start({ now: () => Date.now() + ahead })
  await scene.publish(breach().events)
  await scene.untilDelivered('bot1.2.breach-0.first.desk')
  ahead = 10 * 60_000
  await scene.untilDelivered('bot1.2.breach-0.escalated-1.chief')
  expect(sentTo('chief')[0].data.title).toBe('Not acknowledged: bot1: max_daily_loss broken (11 %)')

  await command({ kind: 'acknowledge', trader: 'bot1', alert: 'breach:max_daily_loss', by: 'ann' })
  await eventually(async () => (await metric(service, 'notifier_alerts_unacknowledged')) === 0, {
    what: 'it to be known',
  })
  ahead = 60 * 60_000
  // What is told after that time has passed shows that nothing else was.
  await scene.publish(breach('bot2').events)
  await scene.untilDelivered('bot2.2.breach-0.first.desk')
  ahead = 90 * 60_000
  await scene.untilDelivered('bot2.2.breach-0.escalated-2.boss')
  expect(sentTo('boss').map(({ data }) => data.notices[0].trader)).toEqual(['bot2'])
})

test('a silence keeps alerts back, over a restart, and they are told when it ends', async () => {
  scene = await Scene.open({ channels: { desk: webhook('desk') } })
  let ahead = 0
  const now = () => Date.now() + ahead
  const first = await scene.start({ now })
  await command({
    kind: 'silence',
    id: 's1',
    trader: 'bot1',
    notices: null,
    until: Date.now() + 3_600_000,
    reason: 'maintenance',
    by: 'ann',
  })
  await eventually(() => first.lines().some(({ msg }) => msg === 'alerts silenced'), { what: 'the silence' })
  await scene.publish(breach().events)
  await eventually(async () => (await metric(first, 'notifier_alerts_open')) === 1, { what: 'the alert' })
  await first.stop()
  await scene.start({ now })
  await scene.publish(breach('bot2').events)
  await scene.untilDelivered('bot2.2.breach-0.first.desk')
  expect(sentTo('desk').map(({ data }) => data.notices[0].trader)).toEqual(['bot2'])

  ahead = 3_600_001
  await scene.untilDelivered('bot1.2.breach-0.first.desk')
})

test('a dead letter of a persister is told', async () => {
  scene = await Scene.open({ channels: { desk: webhook('desk') } })
  await scene.start()
  await scene.rejectEvent('risk.breach.bot1', 'is not JSON')
  await receiver.untilReceived(1)
  expect(sentTo('desk')[0].data).toMatchObject({ severity: 'critical', title: 'fault of persister' })
  expect(sentTo('desk')[0].data.text).toContain('risk.breach.bot1: is not JSON')
})

test('a connector that cannot block entries is told, is acknowledged, and is told when it works again', async () => {
  scene = await Scene.open({ channels: { desk: webhook('desk') }, repeat_minutes: [] })
  let ahead = 0
  const service = await scene.start({ now: () => Date.now() + ahead })
  const since = formatInstant(Date.now())
  const fault = { task: 'block', kind: 'refused', reason: 'it answers 403', advice: 'see the key', since } as const
  const stop = scene.tellOfConnector('broker', () => faults)
  let faults: readonly ConnectorFault[] = [fault]
  await scene.publish(breach('bot2').events)
  await scene.untilDelivered('bot2.2.breach-0.first.desk')
  const told = () => sentTo('desk').filter(({ data }) => data.notices[0].trader === 'bot1')
  const isTold = () => {
    ahead += 1_000
    return told().length > 0
  }
  await eventually(isTold, { what: 'the fault to be told' })
  expect(told()[0].data).toMatchObject({ severity: 'critical', title: 'bot1: fault of connector:broker' })
  expect(told()[0].data.text).toContain('It cannot block entries there: it answers 403. To mend it: see the key.')

  // An event of its trader ends nothing of it, and who acknowledges it hears that it is over.
  await scene.publish(breach('bot1').events)
  await scene.untilDelivered('bot1.2.breach-0.first.desk')
  await command({ kind: 'acknowledge', trader: 'bot1', alert: 'fault:connector:broker', by: 'ann' })
  await eventually(() => service.lines().some(({ msg }) => msg === 'alerts acknowledged'), { what: 'it to be known' })
  expect(await metric(service, 'notifier_alerts_open')).toBe(3)
  faults = []
  await eventually(() => told().length === 3, { what: 'its end to be told' })
  expect(told()[2].data.title).toBe('Over: bot1: connector:broker works again')
  stop()
})

test('a connector of the settings that does not run is told, and that it runs again', async () => {
  const connectors = { broker: { adapter: 'generic', trader: 'bot1' } }
  scene = await Scene.open({ channels: { desk: webhook('desk') } }, { connectors })
  let ahead = 0
  await scene.start({ now: () => Date.now() + ahead })
  await scene.publish(breach('bot2').events)
  await scene.untilDelivered('bot2.2.breach-0.first.desk')
  ahead = 60_000
  await receiver.untilReceived(2)
  expect(sentTo('desk')[1].data).toMatchObject({ severity: 'critical', title: 'bot1: fault of connector:broker' })
  expect(sentTo('desk')[1].data.text).toContain('Nothing has been heard of it since')
  const stop = scene.tellOfConnector('broker', () => [])
  await receiver.untilReceived(3)
  expect(sentTo('desk')[2].data.title).toBe('Over: bot1: connector:broker works again')
  stop()
})

test('a test of a channel is delivered, and recorded', async () => {
  scene = await Scene.open({ channels: { desk: webhook('desk'), other: webhook('other') } })
  await scene.start()
  await command({ kind: 'test', channel: 'desk', id: 77, by: 'ann' })
  expect(await scene.untilDelivered(':system.77.test-0.first.desk')).toMatchObject({ outcome: 'sent' })
  expect(sentTo('other')).toEqual([])
})

test('a heartbeat reaches an address outside while people are told', async () => {
  const file = path.join(folder, 'heartbeat')
  await writeFile(file, `${receiver.url}/ping`)
  scene = await Scene.open({ channels: { desk: webhook('desk') }, heartbeat_url_file: file })
  await scene.start({ heartbeatMs: 50 })
  await eventually(() => receiver.received.filter(({ path: at }) => at === '/ping').length >= 3, {
    what: 'three heartbeats',
  })
})

test('a tap on the button of Telegram acknowledges, of those alone who may', async () => {
  await writeFile(path.join(folder, 'token'), 'the-token')
  const updates: object[] = []
  receiver.answer = ({ path: at, body }) => {
    if (!at.endsWith('/getUpdates')) return { status: 200, body: '{"ok":true,"result":{"message_id":1}}' }
    const { offset } = JSON.parse(body)
    const result = updates.filter((update) => (update as { update_id: number }).update_id >= offset)
    return { status: 200, body: JSON.stringify({ ok: true, result }) }
  }
  const chat = {
    kind: 'telegram',
    token_file: path.join(folder, 'token'),
    chat: -100,
    users: [7],
    api_url: receiver.url,
  }
  scene = await Scene.open({ channels: { chat } })
  const service = await scene.start()
  await scene.publish(breach().events)
  await scene.untilDelivered('bot1.2.breach-0.first.chat')
  const sent = receiver.received.find(({ path: at }) => at === '/botthe-token/sendMessage')
  const [[{ callback_data: data }]] = JSON.parse(sent?.body ?? '').reply_markup.inline_keyboard
  const tap = (id: number, user: number, of = -100) => ({
    update_id: id,
    callback_query: { id: `q${id}`, data, from: { id: user }, message: { chat: { id: of } } },
  })
  const answered = () =>
    receiver.received.filter(({ path: at }) => at.endsWith('/answerCallbackQuery')).map(({ body }) => JSON.parse(body))

  updates.push(tap(1, 8), tap(2, 7, -200))
  await eventually(
    () => service.lines().filter(({ msg }) => String(msg).includes('may not acknowledge')).length === 2,
    { what: 'two taps to be ignored' },
  )
  expect(await metric(service, 'notifier_alerts_unacknowledged')).toBe(1)
  expect(answered()).toEqual([])

  updates.push(tap(3, 7))
  await eventually(async () => (await metric(service, 'notifier_alerts_unacknowledged')) === 0, {
    what: 'the acknowledgement',
  })
  await eventually(() => answered().length === 1, { what: 'the answer' })
  expect(answered()).toMatchObject([{ callback_query_id: 'q3', text: expect.stringContaining('telegram:7') }])
  expect(service.lines().some(({ by }) => by === 'telegram:7')).toBe(true)
  expect(JSON.stringify(service.lines())).not.toContain('the-token')
})
