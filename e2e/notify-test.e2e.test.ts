import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runDrawbridge } from '@drawbridge/cli'
import { connectNats } from '@drawbridge/nats'
import { type Received, Receiver, type Reply } from '@drawbridge/notifier/receiver'
import { createLogger } from '@drawbridge/service-kit'
import {
  callProgram,
  eventually,
  freshStreams,
  infrastructure,
  makeCertificates,
  type ServiceProcess,
  spawnService,
} from '@drawbridge/testing'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const RIGHT = 'the-right-secret'
const json = (status: number, body: object): Reply => ({ status, body: JSON.stringify(body) })

/** How each provider answers who has the right secret, and who has another. */
const PROVIDERS: Readonly<Record<string, (request: Received) => Reply>> = {
  [`bot${RIGHT}`]: () => json(200, { ok: true, result: { message_id: 1 } }),
  botwrong: () => json(401, { ok: false, error_code: 401, description: 'Unauthorized' }),
  slack: ({ path: at }) => (at.endsWith(RIGHT) ? { status: 200, body: 'ok' } : { status: 403, body: 'invalid_token' }),
  discord: ({ path: at }) =>
    at.includes(RIGHT) ? json(200, { id: '1' }) : json(401, { message: 'Invalid Webhook Token', code: 50_027 }),
  v2: ({ body }) =>
    JSON.parse(body).routing_key === RIGHT
      ? json(202, { status: 'success', message: 'Event processed', dedup_key: 'k' })
      : json(400, { status: 'invalid event', errors: ['Invalid routing key'] }),
  ntfy: ({ headers }) =>
    headers.authorization === `Bearer ${RIGHT}`
      ? json(200, { id: '1' })
      : json(403, { code: 40_301, error: 'forbidden' }),
  hook: ({ path: at }) => ({ status: at.endsWith(RIGHT) ? 204 : 404 }),
}
const KINDS = ['telegram', 'slack', 'discord', 'email', 'pagerduty', 'ntfy', 'webhook'] as const

let folder: string
let receiver: Receiver
let smtp: SMTPServer
let environment: Record<string, string>
const services: ServiceProcess[] = []

/** A channel of each kind, with files of this secret. */
function channelsWith(secret: 'right' | 'wrong'): object {
  const file = path.join(folder, secret)
  const url = (of: string) => path.join(folder, `${secret}-${of}`)
  const { port } = smtp.server.address() as AddressInfo
  const mail = { host: 'localhost', port, user: 'drawbridge', from: 'd@example.com', to: ['ann@example.com'] }
  return {
    [`telegram_${secret}`]: { kind: 'telegram', token_file: file, chat: -100, api_url: receiver.url },
    [`slack_${secret}`]: { kind: 'slack', url_file: url('slack') },
    [`discord_${secret}`]: { kind: 'discord', url_file: url('discord') },
    [`email_${secret}`]: { kind: 'email', ...mail, password_file: file },
    [`pagerduty_${secret}`]: { kind: 'pagerduty', key_file: file, api_url: receiver.url },
    [`ntfy_${secret}`]: { kind: 'ntfy', url: `${receiver.url}/ntfy`, token_file: file },
    [`webhook_${secret}`]: { kind: 'webhook', url_file: url('hook') },
  }
}

async function writeSecrets(name: string, secret: string): Promise<void> {
  await writeFile(path.join(folder, name), secret)
  for (const of of ['slack', 'discord', 'hook']) {
    await writeFile(path.join(folder, `${name}-${of}`), `${receiver.url}/${of}/${secret}`)
  }
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-notify-test-'))
  receiver = await Receiver.open()
  receiver.answer = (request) => {
    // ntfy takes its topic in the body.
    const [of = ''] = request.path.slice(1).split('/')
    return PROVIDERS[of === '' ? 'ntfy' : of]?.(request) ?? { status: 500 }
  }
  const { ca, server } = await makeCertificates(['localhost'])
  smtp = new SMTPServer({
    ...server,
    onAuth: ({ password }, _session, done) =>
      password === RIGHT
        ? done(null, { user: 'drawbridge' })
        : done(Object.assign(new Error('authentication failed'), { responseCode: 535 })),
    onData: (stream, _session, done) => stream.resume().on('end', () => done()),
  })
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  await writeFile(path.join(folder, 'ca.pem'), ca.cert)
  await writeSecrets('right', RIGHT)
  await writeSecrets('wrong', 'wrong')
  const file = { notify: { channels: { ...channelsWith('right'), ...channelsWith('wrong') } } }
  await writeFile(path.join(folder, 'config.json'), JSON.stringify(file))
  const { natsUrl, databaseUrl } = infrastructure()
  const connection = await connectNats(natsUrl, 'test', createLogger('test', 'silent'))
  await freshStreams(connection, file)
  await connection.close()
  const env = {
    NATS_URL: natsUrl,
    DATABASE_URL: databaseUrl,
    CONFIG_FILE: path.join(folder, 'config.json'),
    NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem'),
  }
  const runs = spawnService('console', env)
  services.push(runs, spawnService('notifier', env))
  environment = { DRAWBRIDGE_URL: await runs.url() }
  const names = [...Object.keys(file.notify.channels)]
  const isThere = async () => {
    const { stdout } = await drawbridge('notify')
    return names.every((name) => stdout.includes(name))
  }
  await eventually(isThere, { what: 'all channels to be known' })
}, 120_000)
afterAll(async () => {
  for (const service of services) await service.stop()
  await receiver.close()
  await new Promise<void>((resolve) => smtp.close(() => resolve()))
  await rm(folder, { recursive: true, force: true })
})

const drawbridge = (...words: readonly string[]) => callProgram((context) => runDrawbridge(words, context), environment)

describe('drawbridge notify --test', () => {
  test.each(KINDS)('says that a channel of %s took the message', async (kind) => {
    const name = `${kind}_right`
    const took = { code: 0, stdout: `${name} took the test message.\n` }
    expect(await drawbridge('notify', '--test', name)).toMatchObject(took)
  })

  test('says why a channel with a wrong secret takes nothing, what to mend, and fails', async () => {
    const tests = KINDS.map(async (kind) => {
      const { code, stdout } = await drawbridge('notify', '--test', `${kind}_wrong`)
      return [kind, code, stdout] as const
    })
    const advice = '; mend its address or its secret, which is read again within seconds\n'
    const why = {
      telegram: 'HTTP 401: Unauthorized',
      slack: 'HTTP 403: invalid_token',
      discord: 'HTTP 401',
      email: 'SMTP 535 EAUTH: look at user and password_file',
      pagerduty: 'HTTP 400: Invalid routing key',
      ntfy: 'HTTP 403: forbidden',
      webhook: 'HTTP 404',
    }
    const expected = KINDS.map((kind) => [
      kind,
      1,
      `${kind}_wrong has not taken the test message yet: ${why[kind]}${advice}`,
    ])
    expect(await Promise.all(tests)).toEqual(expected)
  })

  test('names the channels where none has the name', async () => {
    const { code, stderr } = await drawbridge('notify', '--test', 'telegram')
    expect(code).toBe(1)
    expect(stderr).toContain('no channel has that name; there are discord_right')
  })
})

test('drawbridge notify shows the silences in force', async () => {
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const answer = await fetch(`${environment.DRAWBRIDGE_URL}/api/notify/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'silent', until, reason: 'holidays' }),
  })
  expect(answer.status).toBe(200)
  const { stdout } = await drawbridge('notify')
  expect(stdout).toMatch(new RegExp(`^  everything of the kind silent +${until} +http +holidays$`, 'm'))
})
