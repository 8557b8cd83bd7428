import { notifierStreams, subjects, toJsonBytes } from '@drawbridge/contracts'
import { startNotifier } from '@drawbridge/notifier'
import { Receiver } from '@drawbridge/notifier/receiver'
import { eventually, infrastructure, type ServiceHere, startHere } from '@drawbridge/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Documents } from './documents.ts'
import { Scene } from './scene.ts'

interface Told {
  readonly notifier: { readonly works: boolean } | null
  readonly channels: readonly { readonly name: string; readonly state: string; readonly reason: string | null }[]
  readonly alerts: readonly {
    readonly trader: string
    readonly key: string
    readonly version: number
    readonly isSilenced: boolean
    readonly acknowledged: { readonly by: string } | null
  }[]
  readonly alertsInAll: number
  readonly silences: readonly { readonly id: string; readonly reason: string }[]
}
interface Fault {
  readonly error: { readonly code: string; readonly message: string }
}

const ACKNOWLEDGE = '/api/notify/acknowledge'
const SILENCES = '/api/notify/silences'
const END = '/api/notify/silences/{id}/end'
const TEST = '/api/notify/channels/{channel}/test'
const DELIVERIES = '/api/notify/deliveries/{trader}/{version}'
const DAY_MS = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString()
const LATER = inDays(1)

let receiver: Receiver
let scene: Scene
let documents: Documents
let notifier: ServiceHere
let notify: object

beforeAll(async () => {
  receiver = await Receiver.open()
  receiver.answer = ({ path }) => ({ status: path === '/gone' ? 404 : 200 })
  notify = {
    channels: {
      gone: { kind: 'webhook', url: `${receiver.url}/gone` },
      hook: { kind: 'webhook', url: `${receiver.url}/hook`, at_most_per_minute: 60 },
    },
  }
})
afterAll(async () => {
  await scene?.close()
  await receiver?.close()
})

const started = (of: object = notify) => {
  const file = { limits: { confirm_jump: null }, notify: of }
  const env = { NATS_URL: infrastructure().natsUrl, NOTIFIER_PORT: '0' }
  return startHere((config, log, lifecycle) => startNotifier(config, log, lifecycle, QUICK), env, file)
}
const QUICK = { leaseMs: 1_000, ackWaitMs: 1_000 }
const told = () => documents.expectAnswer<Told>('GET', '/api/notify', 200)

describe('where no channel is configured', () => {
  beforeAll(async () => {
    scene = await Scene.open()
    documents = await Documents.of(scene)
  })
  afterAll(() => scene.close())

  test('what there is to read says that nobody is told', async () => {
    expect(await told()).toEqual({ notifier: null, channels: [], alerts: [], alertsInAll: 0, silences: [] })
    expect(await documents.expectAnswer('GET', DELIVERIES, 200)).toEqual({ deliveries: null, acknowledgements: [] })
  })

  test.each<[method: string, route: string, body: object]>([
    ['POST', ACKNOWLEDGE, { trader: 'bot1' }],
    ['POST', SILENCES, { kind: 'silent', until: LATER, reason: 'maintenance' }],
    ['POST', END, {}],
    ['POST', TEST, {}],
  ])('%s %s says that nobody is told, and how to change that', async (method, route, body) => {
    const { error } = await documents.expectAnswer<Fault>(method, route, 404, body, '', { channel: 'hook' })
    expect(error).toMatchObject({ code: 'no-notifier' })
    expect(error.message).toContain('npm run provision')
  })
})

describe('where channels are configured', () => {
  beforeAll(async () => {
    scene = await Scene.open(
      {},
      { notify, accounts: { bot1: { paper: false, group: null, tags: ['futures'], isSum: false } } },
    )
    documents = await Documents.of(scene)
    documents.compileAll()
    await scene.startGuardian()
  }, 60_000)

  test('however many traders ever had an alert, the most urgent of those that go on are told', async () => {
    const client = jetstream(scene.connection)
    const at = Date.now()
    const write = (trader: string, key: string, severity: string, acknowledged: object | null = null) => {
      const notice = { kind: 'breach', severity, version: 1 }
      const alert = { key, openedAt: at, toldAt: at, repeated: 0, isSilenced: false, acknowledged, notice }
      return client.publish(subjects.alerts(trader), toJsonBytes({ alerts: key === '' ? [] : [alert] }))
    }
    const many = Array.from({ length: 600 }, (_, index) => `many${String(index).padStart(4, '0')}`)
    await Promise.all(many.map((trader) => write(trader, '', 'info')))
    await write('z-late', 'breach:max_drawdown', 'critical')
    expect(await told()).toMatchObject({ alertsInAll: 1, alerts: [{ trader: 'z-late', key: 'breach:max_drawdown' }] })

    await write('a-known', 'breach:max_drawdown', 'critical', { by: 'http', at })
    await Promise.all(many.map((trader) => write(trader, 'silent', 'warning')))
    const { alerts, alertsInAll } = await told()
    expect(alertsInAll).toBe(602)
    expect(alerts).toHaveLength(500)
    expect(alerts[0]?.trader).toBe('z-late')
    expect(alerts.map(({ trader }) => trader)).not.toContain('a-known')

    await Promise.all([...many, 'a-known', 'z-late'].map((trader) => write(trader, '', 'info')))
    expect(await told()).toMatchObject({ alertsInAll: 0, alerts: [] })
    const manager = await jetstreamManager(scene.connection)
    await write('z-late', 'breach:max_drawdown', 'critical')
    expect(await told()).toMatchObject({ alertsInAll: 1 })
    // As somebody does who wants to forget it.
    await manager.streams.purge(notifierStreams.alerts)
    expect(await told()).toMatchObject({ alertsInAll: 0, alerts: [] })
  })

  test('nobody was told anything yet', async () => {
    expect(await told()).toEqual({
      notifier: { works: false, heardAt: null },
      channels: [],
      alerts: [],
      alertsInAll: 0,
      silences: [],
    })
  })

  test('a broken limit is an alert, with what became of its messages', async () => {
    notifier = await started()
    await scene.tick('bot1', 1000)
    await scene.tick('bot1', 850)
    const alert = await eventually(async () => (await told()).alerts[0], { what: 'the alert' })
    expect(alert).toMatchObject({ key: 'breach:max_daily_loss', isSilenced: false, acknowledged: null })
    expect((await told()).notifier?.works).toBe(true)

    const version = String(alert.version)
    const deliveries = async () => {
      const answer = await documents.expectAnswer<{ deliveries: readonly { channel: string; outcome: string }[] }>(
        'GET',
        DELIVERIES,
        200,
        undefined,
        '',
        { version },
      )
      return answer.deliveries.length > 0 ? answer.deliveries : false
    }
    const found = await eventually(deliveries, { what: 'the delivery' })
    expect(found.map(({ channel, outcome }) => `${channel} ${outcome}`)).toEqual(['hook sent'])
    const gone = async () => (await told()).channels.find(({ name }) => name === 'gone')?.reason ?? false
    expect(await eventually(gone, { what: 'the reason of the dead channel' })).toBe('HTTP 404')
  })

  test('a test message is sent, or it is said why not', async () => {
    const sent = await documents.expectAnswer('POST', TEST, 200, {}, '', { channel: 'hook' })
    expect(sent).toEqual({ channel: 'hook', outcome: 'sent', reason: null })
    const { error } = await documents.expectAnswer<Fault>('POST', TEST, 404, {}, '', { channel: 'hok' })
    expect(error).toEqual({
      code: 'unknown-channel',
      message:
        'no channel has that name; there are gone, hook. One that was added to config.json counts once the notifier is restarted',
    })
  })

  test('a silence is in force until somebody ends it', async () => {
    const names = { trader: 'bot1', kind: 'breach' }
    const body = { ...names, until: LATER, reason: ' maintenance ' }
    const { id, reason } = await documents.expectAnswer<{ id: string; reason: null }>('POST', SILENCES, 200, body)
    expect(reason).toBeNull()
    expect((await told()).silences).toEqual([
      { ...names, tag: null, id, until: LATER, reason: 'maintenance', by: 'http' },
    ])

    await documents.expectAnswer('POST', END, 200, {}, '', { id })
    expect((await told()).silences).toEqual([])
    const { error } = await documents.expectAnswer<Fault>('POST', END, 404, {}, '', { id })
    expect(error.code).toBe('no-silence')
  })

  test.each([
    ['everything', { all: true }, { trader: null, tag: null, kind: null }],
    ['the traders of a tag', { tag: 'futures' }, { trader: null, tag: 'futures', kind: null }],
  ])('a silence may cover %s, if that is said', async (_what, names, covered) => {
    const body = { ...names, until: inDays(29), reason: 'holidays' }
    const { id } = await documents.expectAnswer<{ id: string }>('POST', SILENCES, 200, body)
    expect((await told()).silences).toMatchObject([{ ...covered, reason: 'holidays' }])
    await documents.expectAnswer('POST', END, 200, {}, '', { id })
  })

  test.each<[what: string, body: object, status: number, says: string]>([
    ['no reason', { kind: 'breach', until: LATER }, 400, 'reason'],
    ['an empty reason', { kind: 'breach', until: LATER, reason: '' }, 400, 'reason'],
    ['a reason of blanks', { kind: 'breach', until: LATER, reason: ' \t\u00a0' }, 400, 'reason'],
    ['no end', { kind: 'breach', reason: 'x' }, 400, 'until'],
    ['an end that is no time', { kind: 'breach', until: 'tomorrow', reason: 'x' }, 400, 'until'],
    ['an end that is over', { kind: 'breach', until: inDays(-1), reason: 'x' }, 400, 'until must be in the future'],
    [
      'an end that is far',
      { kind: 'breach', until: inDays(31), reason: 'x' },
      400,
      'until may be 30 days ahead at most',
    ],
    ['a far end of everything', { all: true, until: '9999-12-31T00:00:00Z', reason: 'x' }, 400, '30 days ahead'],
    ['no name', { until: LATER, reason: 'x' }, 400, 'name a trader, a tag or a kind, or write "all": true'],
    ['a denied all', { all: false, until: LATER, reason: 'x' }, 400, 'name a trader, a tag or a kind'],
    ['a name and all', { all: true, kind: 'breach', until: LATER, reason: 'x' }, 400, 'leave out trader, tag and kind'],
    ['a trader and a tag', { trader: 'bot1', tag: 'futures', until: LATER, reason: 'x' }, 400, 'not both'],
    ['a kind that is never silenced', { kind: 'test', until: LATER, reason: 'x' }, 400, 'kind'],
    ['a tag that no trader has', { tag: 'future', until: LATER, reason: 'x' }, 404, 'did you mean "futures"?'],
    ['a kind that there is none of', { until: LATER, reason: 'x', kind: 'breech' }, 400, 'kind'],
    ['a trader that there is none of', { until: LATER, reason: 'x', trader: 'bot' }, 404, 'bot1'],
    ['what is no trader', { until: LATER, reason: 'x', trader: 'bot1.>' }, 400, 'trader'],
    ['a field that nobody knows', { until: LATER, reason: 'x', traders: ['bot1'] }, 400, 'traders'],
  ])('a silence with %s is refused, and it is said why', async (_what, body, status, says) => {
    const { error } = await documents.expectAnswer<Fault>('POST', SILENCES, status, body)
    expect(error.message).toContain(says)
  })

  test.each<[what: string, body: object, status: number, says: string]>([
    ['of a trader without alerts', { trader: 'bot2' }, 404, 'no alert of bot2 goes on; alerts go on of bot1'],
    ['of an alert that is over', { trader: 'bot1', alert: 'silent' }, 404, 'the alert "silent" of bot1 does not go on'],
    ['of faults, when there is none', { trader: ':system' }, 404, 'no alert of :system goes on'],
    ['of nobody', {}, 400, 'trader'],
    ['of what is no trader', { trader: '*' }, 400, 'trader'],
  ])('an acknowledgement %s is refused, and it is said why', async (_what, body, status, says) => {
    const { error } = await documents.expectAnswer<Fault>('POST', ACKNOWLEDGE, status, body)
    expect(error.message).toContain(says)
  })

  test('an acknowledgement is kept while no notifier works, and done by the next one', async () => {
    await notifier.stop()
    const kept = await documents.expectAnswer<{ reason: string }>('POST', ACKNOWLEDGE, 202, { trader: 'bot1' })
    expect(kept).toMatchObject({ alerts: ['breach:max_daily_loss'] })
    expect(kept.reason).toContain('no notifier works')
    expect((await told()).notifier?.works).toBe(false)

    notifier = await started()
    const by = async () => (await told()).alerts[0]?.acknowledged?.by ?? false
    expect(await eventually(by, { what: 'the acknowledgement' })).toBe('http')
    const version = String((await told()).alerts[0]?.version)
    const record = await documents.expectAnswer('GET', DELIVERIES, 200, undefined, '', { version })
    expect(record).toMatchObject({ acknowledgements: [{ alert: 'breach:max_daily_loss', by: 'http' }] })
    const again = await documents.expectAnswer('POST', ACKNOWLEDGE, 200, { trader: 'bot1' })
    expect(again).toEqual({ alerts: ['breach:max_daily_loss'], reason: null })
    await notifier.stop()
  })

  test('a channel that is removed from the settings is shown no more, and shown again once it is back', async () => {
    const names = async () => (await told()).channels.map(({ name }) => name)
    expect(await names()).toEqual(['gone', 'hook'])
    notifier = await started({ channels: { hook: { kind: 'webhook', url: `${receiver.url}/hook` } } })
    await eventually(async () => (await names()).join() === 'hook', { what: 'the channel to be gone' })
    const { error } = await documents.expectAnswer<Fault>('POST', TEST, 404, {}, '', { channel: 'gone' })
    expect(error.message).toMatch(/^no channel has that name; there are hook\. /)
    await notifier.stop()

    notifier = await started()
    await eventually(async () => (await names()).join() === 'gone,hook', { what: 'the channel to be back' })
    await notifier.stop()
  })

  test.each(['x', '-1', '1.5', '9007199254740993'])('a version like %s is refused', async (version) => {
    await documents.expectAnswer('GET', DELIVERIES, 400, undefined, '', { version })
  })
})
