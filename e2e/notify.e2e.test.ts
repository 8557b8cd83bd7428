import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { connectNats } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import { eventually, freshStreams, infrastructure, type ServiceProcess, spawnService } from '@drawbridge/testing'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, expect, test } from 'vitest'

let folder: string
let receiver: Server
let smtp: SMTPServer
let services: { readonly guardian: ServiceProcess; readonly trader: ServiceProcess; readonly console: ServiceProcess }
let notifier: ServiceProcess
let env: Record<string, string>
interface Hook {
  readonly title: string
  readonly text: string
  readonly severity: string
  readonly acknowledge_link: string | null
}
const hooks: { readonly data: Hook }[] = []
const mails: string[] = []

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-notify-'))
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.url === '/dead') return response.writeHead(503).end('<html>down</html>')
    hooks.push(JSON.parse(Buffer.concat(chunks).toString('utf8')))
    return response.writeHead(204).end()
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('utf8'))
        done()
      })
    },
  })
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  const mail = {
    kind: 'email',
    host: '127.0.0.1',
    tls: 'none',
    from: 'd@example.com',
    to: ['ann@example.com'],
    language: 'de',
  }
  const file = {
    limits: { confirm_jump: null, currency: 'EUR' },
    traders: { bot1: {}, bot2: {} },
    notify: {
      console_url: 'https://drawbridge.example',
      channels: {
        dead: { kind: 'webhook', url: `${url}/dead` },
        hook: { kind: 'webhook', url: `${url}/hook` },
        mail: { ...mail, port: (smtp.server.address() as AddressInfo).port },
      },
    },
  }
  const config = path.join(folder, 'config.json')
  await writeFile(config, JSON.stringify(file))
  const { natsUrl, databaseUrl } = infrastructure()
  const connection = await connectNats(natsUrl, 'test', createLogger('test', 'silent'))
  await freshStreams(connection, file)
  await connection.close()
  env = {
    NATS_URL: natsUrl,
    DATABASE_URL: databaseUrl,
    CONFIG_FILE: config,
    NOTIFIER_LINK_KEY: 'a key of thirty-two characters!!',
  }
  services = {
    guardian: spawnService('risk-guardian', env),
    trader: spawnService('trader', env),
    console: spawnService('console', env),
  }
  notifier = spawnService('notifier', env)
  await Promise.all([...Object.values(services), notifier].map((service) => service.waitForPort()))
})
afterAll(async () => {
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
  await new Promise<void>((resolve) => smtp.close(() => resolve()))
  await rm(folder, { recursive: true, force: true })
})

const report = (equity: number) => reportOf('bot1', equity)

async function reportOf(trader: string, equity: number): Promise<void> {
  const ask = async () => {
    const answer = await fetch(`${await services.trader.url()}/api/traders/${trader}/equity`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ equity }),
    })
    return answer.ok
  }
  await eventually(ask, { what: 'a report to be taken' })
}

async function ask(
  method: string,
  at: string,
  body?: object,
): Promise<{ readonly status: number; readonly body: never }> {
  const answer = await fetch(`${await services.console.url()}${at}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as never }
}

interface Told {
  readonly channels: readonly { readonly name: string; readonly state: string; readonly reason: string | null }[]
  readonly alerts: readonly {
    readonly trader: string
    readonly key: string
    readonly version: number
    readonly acknowledged: { readonly by: string } | null
  }[]
}

test('a broken limit reaches a webhook and a mailbox, each in its language, while a third channel is dead', async () => {
  await report(1_000)
  await report(850)
  await eventually(() => hooks.length > 0 && mails.length > 0, { what: 'both to be told' })
  expect(hooks[0]?.data).toMatchObject({ severity: 'critical', title: 'bot1: max_daily_loss broken (15 %)' })
  expect(hooks[0]?.data.text).toContain('€150.00')
  expect(hooks[0]?.data.text).toContain('https://drawbridge.example/traders/bot1')
  expect(mails[0]).toContain('Subject: bot1: max_daily_loss gerissen')
  const told = async () => (await ask('GET', '/api/notify')).body as Told
  await eventually(
    async () => (await told()).channels.some(({ name, state }) => name === 'dead' && state === 'failing'),
    {
      what: 'the dead channel to be told',
    },
  )
  const { channels, alerts } = await told()
  expect(channels.map(({ name, state }) => `${name} ${state}`)).toEqual(['dead failing', 'hook ok', 'mail ok'])
  expect(channels[0]?.reason).toBe('HTTP 503')
  expect(alerts).toMatchObject([{ trader: 'bot1', key: 'breach:max_daily_loss', acknowledged: null }])
})

test('the console shows what became of each message of the event', async () => {
  const { alerts } = (await ask('GET', '/api/notify')).body as Told
  const version = alerts[0]?.version
  const deliveries = async () =>
    (
      (await ask('GET', `/api/notify/deliveries/bot1/${version}`)).body as {
        deliveries: readonly { channel: string; outcome: string }[]
      }
    ).deliveries
  await eventually(async () => (await deliveries()).length >= 2, { what: 'both records' })
  expect((await deliveries()).map(({ channel, outcome }) => `${channel} ${outcome}`).toSorted()).toEqual([
    'hook sent',
    'mail sent',
  ])
})

test('a test message is sent on demand; a channel with a slip is told', async () => {
  expect(await ask('POST', '/api/notify/channels/hook/test')).toEqual({
    status: 200,
    body: { channel: 'hook', outcome: 'sent', reason: null },
  })
  expect(hooks.at(-1)?.data.title).toBe('Drawbridge: a test')
  const unknown = await ask('POST', '/api/notify/channels/hok/test')
  expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'unknown-channel' } } })
})

test('an acknowledgement in the console counts, and is kept while no notifier runs', async () => {
  notifier.kill('SIGKILL')
  await notifier.exited
  expect(await ask('POST', '/api/notify/acknowledge', { trader: 'bot1' })).toMatchObject({ status: 202 })
  notifier = spawnService('notifier', env)
  const known = async () => ((await ask('GET', '/api/notify')).body as Told).alerts[0]?.acknowledged ?? null
  expect(await eventually(known, { what: 'the acknowledgement' })).toMatchObject({ by: 'http' })
})

test('the link in a message acknowledges by its button, and by nothing less', async () => {
  const told = async () => (await ask('GET', '/api/notify')).body as Told
  const alertOf = async () => (await told()).alerts.find(({ trader }) => trader === 'bot2')
  await reportOf('bot2', 1_000)
  await reportOf('bot2', 850)
  const hook = await eventually(() => hooks.find(({ data }) => data.title.startsWith('bot2: max_daily_loss')), {
    what: 'the message',
  })
  const link = new URL(hook.data.acknowledge_link ?? '')
  expect(link.origin).toBe('https://drawbridge.example')
  const here = async (change: Record<string, string> = {}) => {
    const url = new URL(`${link.pathname}${link.search}`, await services.console.url())
    for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value)
    return url
  }
  // Mail scanners, and whoever previews a link, look at it.
  const looked = await fetch(await here())
  expect(looked.status).toBe(200)
  expect(looked.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(await looked.text()).toContain('<form method="post"><button>Acknowledge</button></form>')
  await fetch(await here(), { method: 'HEAD' })
  for (const change of [{ trader: 'bot1' }, { until: '99999999999999' }, { channel: 'mail' }, { mac: 'x' }]) {
    expect((await fetch(await here(change), { method: 'POST' })).status).toBe(403)
  }
  expect(await alertOf()).toMatchObject({ acknowledged: null })

  // As a browser sends the button.
  const origin = new URL(await services.console.url()).origin
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin }
  // As another page sends it without the signature.
  const foreign = { origin: 'https://ntfy.sh' }
  expect((await fetch(await here({ mac: 'x' }), { method: 'POST', headers: foreign })).status).toBe(403)
  const pressed = await fetch(await here(), { method: 'POST', headers: form })
  expect([pressed.status, await pressed.text()]).toEqual([200, expect.stringContaining('no more repetitions')])
  expect(await alertOf()).toMatchObject({ acknowledged: { by: 'link:hook' } })
  // As the web app of ntfy sends its button.
  const answered = await fetch(await here(), { method: 'POST', headers: foreign, body: '' })
  expect([answered.status, answered.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
  const again = await answered.text()
  expect(again).toContain('acknowledged by link:hook before')
})
