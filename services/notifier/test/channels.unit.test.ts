import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Notice, Telling } from '@drawbridge/contracts'
import { type ChannelConfig, loadConfig } from '@drawbridge/settings'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { WaitedFor } from '../src/channels/channel.ts'
import { channelOf } from '../src/channels/channels.ts'
import type { Attempt } from '../src/core/retry.ts'
import { messageOf } from '../src/core/text/message.ts'
import { type Received, Receiver } from './receiver.ts'

let receiver: Receiver
let folder: string
/** In a file, or a part of one; no reason may have it. */
const SECRET = 'a-very-secret-token'

beforeEach(async () => {
  receiver = await Receiver.open()
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-channels-'))
  await writeFile(path.join(folder, 'token'), SECRET)
  await writeFile(path.join(folder, 'url'), `${receiver.url}/services/${SECRET}`)
})
afterEach(async () => {
  await receiver.close()
  await rm(folder, { recursive: true, force: true })
})

const notice: Notice = {
  kind: 'breach',
  severity: 'critical',
  trader: 'bot1',
  version: 7,
  part: 'breach-0',
  at: Date.UTC(2026, 2, 12),
  facts: {
    rule: 'max_daily_loss',
    observedPct: '6',
    limitPct: '5',
    loss: '60',
    base: '1000',
    equity: '940',
    enforced: true,
  },
}
const telling = (more: Partial<Telling> = {}): Telling => ({
  channel: 'a',
  notice,
  round: { kind: 'first' },
  alert: 'breach:max_daily_loss',
  decidedAt: 0,
  ...more,
})

type Kind = ChannelConfig['kind']

function configOf(kind: Kind): ChannelConfig {
  const file = (name: string) => path.join(folder, name)
  const written = {
    webhook: { kind, url: `${receiver.url}/hook`, secret_file: file('token') },
    telegram: { kind, token_file: file('token'), chat: -100, users: [7], api_url: receiver.url },
    slack: { kind, url_file: file('url') },
    discord: { kind, url_file: file('url') },
    email: { kind, host: '127.0.0.1', from: 'a@example.com', to: ['b@example.com'] },
    pagerduty: { kind, key_file: file('token'), api_url: receiver.url },
    ntfy: { kind, url: `${receiver.url}/topic`, token_file: file('token') },
  }[kind]
  const config = loadConfig({}, JSON.stringify({ notify: { channels: { a: written } } }))
  if (!config.ok) throw new Error(config.reason)
  return config.value.notify.channels[0] as ChannelConfig
}

function send(
  kind: Kind,
  tellings: readonly Telling[] = [telling()],
  acknowledgeLink: string | null = null,
  waitedFor: readonly WaitedFor[] = [],
): Promise<Attempt> {
  const channel = channelOf(configOf(kind))
  const [first = telling()] = tellings
  const how = { escape: channel.escape, escapeLink: channel.escapeLink }
  const reader = { language: 'en', zone: 'UTC', consoleUrl: null, ...how } as const
  const message = messageOf({ ...first, acknowledgeLink }, reader, false)
  const now = Date.UTC(2026, 2, 12)
  return channel.send({ id: 'the-id', message, tellings, maybeTwice: false, acknowledgeLink, waitedFor, now })
}

/** How each of them says that it took a message. */
const TAKEN = {
  webhook: { status: 204 },
  telegram: { status: 200, body: '{"ok":true,"result":{"message_id":42}}' },
  slack: { status: 200, body: 'ok' },
  discord: { status: 200, body: '{"id":"43"}' },
  pagerduty: { status: 202, body: '{"status":"success","dedup_key":"44"}' },
  ntfy: { status: 200, body: '{"id":"45"}' },
} as const
const KINDS = Object.keys(TAKEN) as readonly (keyof typeof TAKEN)[]
const IDS = { webhook: null, telegram: '42', slack: null, discord: '43', pagerduty: '44', ntfy: '45' } as const

describe.each(KINDS)('%s', (kind) => {
  test('takes a message, with the account, the numbers and what was not done', async () => {
    receiver.answer = () => TAKEN[kind]
    expect(await send(kind)).toEqual({ kind: 'sent', id: IDS[kind] })
    const [{ body = '' } = {}] = receiver.received
    const text = body.replaceAll(String.raw`\\`, '')
    for (const part of ['bot1', 'max_daily_loss', '6 %', '5 %', '60.00', '1,000.00', 'stay open'])
      expect(text).toContain(part)
  })

  test('is asked again after the time that it says, if it is asked too often', async () => {
    receiver.answer = () => ({
      status: 429,
      headers: { 'retry-after': '17' },
      body:
        kind === 'telegram'
          ? '{"ok":false,"description":"Too Many Requests","parameters":{"retry_after":17}}'
          : '{"retry_after":17}',
    })
    expect(await send(kind)).toMatchObject({ kind: 'failed', afterMs: 17_000, maybeSent: false })
  })

  test.each([
    [502, true],
    [503, false],
    [504, true],
  ])('fails for now, if a proxy answers with an error page and %i; may it have come: %s', async (status, maybeSent) => {
    receiver.answer = () => ({ status, headers: { 'content-type': 'text/html' }, body: '<html>Bad Gateway</html>' })
    expect(await send(kind)).toEqual({ kind: 'failed', reason: `HTTP ${status}`, afterMs: null, maybeSent })
  })

  test('refuses us, if the secret was revoked, and no reason has the secret', async () => {
    const body =
      kind === 'pagerduty' ? '{"errors":["Invalid routing key"]}' : '{"ok":false,"description":"Unauthorized"}'
    receiver.answer = () => ({ status: kind === 'pagerduty' ? 400 : 401, body })
    const attempt = await send(kind)
    expect(attempt.kind).toBe('shut-out')
    expect(JSON.stringify(attempt)).not.toContain(SECRET)
  })

  test('is not followed to another address', async () => {
    receiver.answer = () => ({ status: 302, headers: { location: `${receiver.url}/elsewhere` } })
    expect((await send(kind)).kind).toBe('shut-out')
    expect(receiver.received).toHaveLength(1)
  })

  test('has maybe got what was cut off, and no reason has the secret', async () => {
    receiver.answer = async () => {
      void receiver.close()
      return { status: 200 }
    }
    const attempt = await send(kind)
    expect(attempt).toMatchObject({ kind: 'failed', maybeSent: true })
    expect(JSON.stringify(attempt)).not.toContain(SECRET)
    receiver = await Receiver.open()
  })
})

test.each(KINDS.filter((kind) => kind !== 'webhook'))(
  '%s has not taken what a page to log in answers with 200',
  async (kind) => {
    for (const body of ['<html>Log in</html>', '', '{}', '[]', '{"ok":"ok","id":1,"status":"invalid"}']) {
      receiver.answer = () => ({ status: 200, headers: { 'content-type': 'text/html' }, body })
      const reason = expect.stringContaining('the answer is not that of')
      expect(await send(kind)).toEqual({ kind: 'failed', reason, afterMs: null, maybeSent: true })
    }
  },
)

test('a server that is not there has got nothing', async () => {
  const config = configOf('webhook')
  await receiver.close()
  const message = { title: 't', lines: [], link: null, severity: 'info' } as const
  const attempt = await channelOf(config).send({
    id: 'i',
    message,
    tellings: [telling()],
    maybeTwice: false,
    acknowledgeLink: null,
    now: 0,
  })
  expect(attempt).toEqual({ kind: 'failed', reason: 'ECONNREFUSED', afterMs: null, maybeSent: false })
  receiver = await Receiver.open()
})

test('a secret that cannot be read is told, and nothing is sent', async () => {
  await rm(path.join(folder, 'token'))
  expect(await send('pagerduty')).toMatchObject({ kind: 'shut-out', reason: expect.stringContaining('ENOENT') })
  expect(receiver.received).toEqual([])
})

test('Telegram gets a button for an alert that goes on, and markup of a bot does nothing', async () => {
  receiver.answer = () => TAKEN.telegram
  const facts = { ...notice.facts, rule: '<b>&' }
  await send('telegram', [telling({ notice: { ...notice, facts } })])
  const { text, parse_mode, reply_markup } = JSON.parse(receiver.received[0]?.body ?? '{}')
  expect(parse_mode).toBe('HTML')
  expect(text).toContain('&lt;b&gt;&amp;')
  const [[button]] = reply_markup.inline_keyboard
  expect(button).toMatchObject({ text: 'Acknowledge', callback_data: expect.stringMatching(/^ack:/) })
  expect(Buffer.byteLength(button.callback_data)).toBeLessThanOrEqual(64)

  await send('telegram', [telling({ round: { kind: 'resolved' } })])
  expect(JSON.parse(receiver.received[1]?.body ?? '{}').reply_markup).toBeUndefined()
})

describe('a digest', () => {
  const waitedFor = ['bot1', 'bot2', 'bot3', 'bot4'].map((trader) => ({
    telling: telling({ notice: { ...notice, trader } }),
    title: `${trader}: max_daily_loss broken`,
    link: `https://d.example/${trader}`,
  }))
  const tellings = waitedFor.map((one) => one.telling)

  test('has a button of Telegram for each alert that goes on, each another one', async () => {
    receiver.answer = () => TAKEN.telegram
    await send('telegram', tellings, null, waitedFor)
    const rows = JSON.parse(receiver.received[0]?.body ?? '{}').reply_markup.inline_keyboard as { text: string }[][]
    expect(rows.map(([button]) => button?.text)).toEqual(waitedFor.map(({ title }) => `Acknowledge: ${title}`))
    expect(new Set(rows.map((row) => JSON.stringify(row)).map((row) => /"ack:[^"]*"/.exec(row)?.[0])).size).toBe(4)
  })

  test('has as many buttons of ntfy as it shows', async () => {
    receiver.answer = () => TAKEN.ntfy
    await send('ntfy', tellings, null, waitedFor)
    const actions = JSON.parse(receiver.received[0]?.body ?? '{}').actions as { label: string; url: string }[]
    expect(actions.map(({ url }) => url)).toEqual(waitedFor.slice(0, 3).map(({ link }) => link))
    expect(actions[0]?.label).toBe('Acknowledge: bot1: max_daily_loss broken')
  })
})

test('PagerDuty gets one incident for an alert, which its end resolves', async () => {
  receiver.answer = () => TAKEN.pagerduty
  await send('pagerduty')
  await send('pagerduty', [telling({ round: { kind: 'resolved' } })])
  const events = receiver.received.map(({ body }) => JSON.parse(body))
  expect(events.map((event) => event.event_action)).toEqual(['trigger', 'resolve'])
  expect(events.map((event) => event.dedup_key)).toEqual(Array(2).fill('bot1:breach:max_daily_loss'))
})

test('PagerDuty gets a change event for what calls nobody, and one incident for all tests', async () => {
  receiver.answer = () => TAKEN.pagerduty
  const paused = { ...notice, kind: 'paused', severity: 'info', alert: null } as const
  await send('pagerduty', [telling({ notice: paused, alert: null })])
  await send('pagerduty', [telling({ notice: { ...paused, kind: 'test' }, alert: null })])
  await send('pagerduty', [telling({ notice: { ...paused, kind: 'warning', severity: 'warning' }, alert: null })])
  const events = receiver.received.map(({ path: at, body }) => ({ at, ...JSON.parse(body) }))
  expect(events).toMatchObject([
    { at: '/v2/change/enqueue', payload: { source: 'bot1' } },
    { at: '/v2/enqueue', event_action: 'trigger', dedup_key: 'drawbridge:test' },
    { at: '/v2/enqueue', event_action: 'trigger', dedup_key: 'the-id' },
  ])
  expect(Object.keys(events[0].payload)).not.toContain('severity')
})

test.each(['', 'whsec_'])(
  'a webhook signs as the library of Standard Webhooks, with a secret that begins with "%s"',
  async (prefix) => {
    const secret = `${prefix}${Buffer.from('thirty-two bytes that nobody has!').toString('base64')}`
    await writeFile(path.join(folder, 'token'), secret)
    await send('webhook')
    const [received] = receiver.received
    const { headers, body }: Pick<Received, 'headers' | 'body'> = received ?? { headers: {}, body: '' }
    const signature = new Webhook(secret).sign(String(headers['webhook-id']), new Date(Date.UTC(2026, 2, 12)), body)
    expect(headers['webhook-signature']).toBe(signature)
  },
)

test('Discord calls nobody by what a bot wrote', async () => {
  receiver.answer = () => TAKEN.discord
  await send('discord', [telling({ notice: { ...notice, trader: 'bot_1' } })])
  const { content, allowed_mentions } = JSON.parse(receiver.received[0]?.body ?? '{}')
  expect(allowed_mentions).toEqual({ parse: [] })
  expect(content).toContain(String.raw`bot\_1`)
})

test.each([
  ['slack', 'Acknowledge: https://d.example/acknowledge?trader=my_bot&amp;mac=a_b-c'],
  ['discord', 'Acknowledge: <https://d.example/acknowledge?trader=my_bot&mac=a_b-c>'],
  ['ntfy', 'Acknowledge: https://d.example/acknowledge?trader=my_bot&mac=a_b-c'],
] as const)('%s gets the link by which its reader acknowledges, as an address that works there', async (kind, line) => {
  await send(kind, [telling()], 'https://d.example/acknowledge?trader=my_bot&mac=a_b-c')
  const { text, content, message } = JSON.parse(receiver.received[0]?.body ?? '')
  expect(String(text ?? content ?? message).split('\n')).toContain(line)
})

test('ntfy gets a button that acknowledges by one tap', async () => {
  const url = 'https://d.example/acknowledge?mac=a'
  await send('ntfy', [telling()], url)
  const { actions } = JSON.parse(receiver.received[0]?.body ?? '')
  expect(actions).toEqual([{ action: 'http', label: 'Acknowledge', url, method: 'POST', clear: true }])
})

const HOSTILE =
  '<!channel> <@U1> <b>x</b> @everyone @ann **bold** [click](https://evil.example) `code` & {{trader}} {{{x}}}'

/** The text that a channel got about what somebody hostile wrote in each place where one can. */
async function textOf(kind: Kind): Promise<string> {
  receiver.received.splice(0)
  receiver.answer = () => TAKEN[kind as keyof typeof TAKEN]
  const facts = { ...notice.facts, source: HOSTILE, by: HOSTILE, reason: HOSTILE, advice: HOSTILE, rule: HOSTILE }
  for (const of of ['paused', 'fault', 'breach'] as const) {
    await send(kind, [telling({ notice: { ...notice, kind: of, facts } })])
  }
  const bodies = receiver.received.map(({ body }) => JSON.parse(body))
  return bodies.map((body) => body.text ?? body.content ?? '').join('\n')
}

describe('what somebody hostile wrote', () => {
  test('is no markup of Telegram, calls nobody, and fills in nothing', async () => {
    const text = await textOf('telegram')
    expect(text.match(/<[^>]*>/g)?.filter((tag) => tag !== '<b>' && tag !== '</b>')).toEqual([])
    expect(text.match(/<b>/g)).toHaveLength(3)
    expect(text).not.toMatch(/@\w/)
    expect(text).toContain('{{trader}} {{{x}}}')
  })

  test('is neither a mention nor a link of Slack', async () => {
    const text = await textOf('slack')
    expect(text).not.toMatch(/[<>]/)
    expect(text).toContain('&lt;!channel&gt;')
  })

  test('is neither bold nor struck nor code in Slack, and names stay as they are', async () => {
    receiver.answer = () => TAKEN.slack
    const facts = { ...notice.facts, by: 'my_bot', reason: '*bold* _italic_ ~struck~ `code` (_x_)' }
    await send('slack', [telling({ notice: { ...notice, kind: 'paused', facts } })])
    const written = JSON.parse(receiver.received[0]?.body ?? '').text.replaceAll(/^(\S+) \*(.*)\*$/gm, '$1 $2')
    expect(written).not.toMatch(/[*~`]|_(?!\w)|(?<!\w)_/)
    expect(written).toContain('my_bot')
  })

  test('is no markup of Discord, and calls nobody', async () => {
    const text = await textOf('discord')
    // The title, and what is in parentheses, is ours.
    const written = text.replaceAll(/^(\S+) \*\*(.*)\*\*$/gm, '$1 $2')
    expect(written).not.toMatch(/(?<!\\)[*_~`|>[\]#]/)
    for (const { body } of receiver.received) expect(JSON.parse(body).allowed_mentions).toEqual({ parse: [] })
  })
})
