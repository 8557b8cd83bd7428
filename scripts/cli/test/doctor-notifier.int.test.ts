import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { HTTP_USER, type NotifyCommand, subjects, toJsonBytes } from '@drawbridge/contracts'
import { connectNats } from '@drawbridge/nats'
import { startNotifier } from '@drawbridge/notifier'
import { Receiver } from '@drawbridge/notifier/receiver'
import { createLogger } from '@drawbridge/service-kit'
import { eventually, freshStreams, infrastructure, resetStreams, startHere } from '@drawbridge/testing'
import { runCommandWith } from '@drawbridge/testing/run-command'
import { jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Finding } from '../doctor/finding.ts'

let folder: string
let receiver: Receiver
let connection: NatsConnection

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-doctor-notifier-'))
  receiver = await Receiver.open()
  receiver.answer = ({ path: at }) => ({ status: at === '/gone' ? 404 : 200 })
  connection = await connectNats(infrastructure().natsUrl, 'test', createLogger('test', 'silent'))
})
afterAll(async () => {
  await connection.close()
  await receiver.close()
  await rm(folder, { recursive: true, force: true })
})

const at = (name: string) => path.join(folder, name)

/** A file with this text, which only its owner can read. */
async function written(name: string, text: string, mode = 0o600): Promise<string> {
  await writeFile(at(name), text)
  await chmod(at(name), mode)
  return at(name)
}

/** What doctor finds with this config.json, by check. */
async function findings(file: object): Promise<(check: string) => readonly Finding[]> {
  const limits = { confirm_jump: null, stale_after_seconds: null }
  const config = await written('config.json', JSON.stringify({ limits, ...file }))
  const ports = { CONSOLE_PORT: '0', TRADER_PORT: '0', RISK_GUARDIAN_PORT: '0', PERSISTER_PORT: '0' }
  const env = { CONFIG_FILE: config, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none', NOTIFIER_PORT: '0', ...ports }
  const { stdout } = await runCommandWith({ ...env, CONNECTOR_PORT: '0' }, 'doctor', '--json')
  const all = (JSON.parse(stdout) as { findings: Finding[] }).findings
  return (check) => all.filter((finding) => finding.check === check)
}

const webhook = (at: string) => ({ kind: 'webhook', url: `${receiver.url}/${at}` })

test('where no channel is configured, nothing is said of a notifier', async () => {
  await freshStreams(connection)
  const of = await findings({})
  for (const check of ['notifier', 'heartbeat', 'connectors', 'port of the notifier', 'port of the connector'])
    expect(of(check), check).toEqual([])
})

test('a secret that is missing, empty, or for everybody to read is told with its file', async () => {
  await freshStreams(connection)
  const channels = {
    missing: { kind: 'slack', url_file: at('nowhere') },
    empty: { kind: 'discord', url_file: await written('empty', '\n') },
    open: { kind: 'webhook', url: receiver.url, secret_file: await written('open', 'whsec_eA==', 0o644) },
    mounted: { kind: 'pagerduty', key_file: '/run/secrets/drawbridge/of-another-container' },
    safe: { kind: 'ntfy', url: `${receiver.url}/topic`, token_file: await written('safe', 'tk_1') },
  }
  const of = await findings({ notify: { channels, heartbeat_url_file: at('no-heartbeat') } })

  expect(of('channel missing')).toMatchObject([
    { status: 'fault', found: `${at('nowhere')} does not exist`, advice: expect.stringContaining('write the secret') },
  ])
  expect(of('channel empty')).toMatchObject([{ status: 'fault', found: `${at('empty')} is empty` }])
  expect(of('channel open')).toMatchObject([{ status: 'warning', advice: `chmod 600 ${at('open')}` }])
  expect(of('channel mounted')).toMatchObject([
    { status: 'warning', advice: expect.stringContaining('data/secrets/notifier') },
  ])
  expect(of('channel safe')).toMatchObject([{ status: 'ok' }])
  expect(of('heartbeat')).toMatchObject([{ status: 'fault', found: `${at('no-heartbeat')} does not exist` }])
})

test('missing streams of the notifier are a fault that provision mends, and it names traders whose breaches reach nobody', async () => {
  await resetStreams(connection)
  await freshStreams(connection)
  const notify = { channels: { hook: webhook('hook') } }
  const of = await findings({ notify })
  expect(of('notifier')).toMatchObject([{ status: 'fault', advice: expect.stringContaining('npm run provision') }])
  expect(of('routes')).toEqual([])
  const routes = [
    { to: ['hook'], traders: ['bot1'] },
    { to: ['hook'], kinds: ['fault'] },
  ]
  const untold = await findings({ traders: { bot1: {}, bot6: {} }, notify: { ...notify, routes } })
  expect(untold('routes')).toMatchObject([
    {
      status: 'warning',
      found: 'nobody is told when a limit breaks of bot6',
      advice: expect.stringContaining('notify.routes'),
    },
  ])
})

test('a notifier that is not heard, one that works, a channel that fails, and no heartbeat are told', async () => {
  const notify = { channels: { hook: webhook('hook'), gone: webhook('gone') } }
  const file = { limits: { confirm_jump: null, stale_after_seconds: null }, notify }
  await freshStreams(connection, file)
  const never = await findings({ notify })
  expect(never('notifier')).toMatchObject([
    {
      status: 'warning',
      found: expect.stringContaining('none was ever heard'),
      advice: expect.stringContaining('npm start'),
    },
  ])
  expect(never('heartbeat')).toMatchObject([{ status: 'ok', advice: expect.stringContaining('heartbeat_url_file') }])
  expect(never('port of the notifier')).toMatchObject([{ status: 'ok' }])

  const env = { NATS_URL: infrastructure().natsUrl, NOTIFIER_PORT: '0' }
  const notifier = await startHere(startNotifier, env, file)
  for (const [id, channel] of ['hook', 'gone'].entries())
    await jetstream(connection).publish(
      subjects.notifyCommand(HTTP_USER),
      toJsonBytes({ kind: 'test', channel, id, by: 'ann' } satisfies NotifyCommand),
    )
  const told = { kind: 'silence', notices: null, until: Date.now() + 3_600_000, by: 'ann' } as const
  for (const silence of [
    { ...told, id: 'of bot1', trader: 'bot1', reason: 'maintenance' },
    { ...told, id: 'of all', trader: null, reason: 'holidays' },
  ])
    await jetstream(connection).publish(subjects.notifyCommand(HTTP_USER), toJsonBytes(silence satisfies NotifyCommand))
  const isTold = async () => {
    const now = await findings({ notify })
    return now('channel gone').some(({ status }) => status === 'warning') &&
      now('channel hook')[0]?.found.includes('took') &&
      now('silence').length === 2
      ? now
      : false
  }
  const working = await eventually(isTold, { what: 'both channels to be tried' })
  expect(working('notifier')).toMatchObject([{ status: 'ok', found: 'is heard' }])
  expect(working('channel gone')).toMatchObject([
    { found: expect.stringContaining('HTTP 404'), advice: expect.stringContaining('notify --test gone') },
  ])
  expect(working('silence')).toMatchObject([
    { status: 'ok', found: expect.stringMatching(/^everything about bot1 is not told until .*: maintenance \(ann\)$/) },
    { status: 'warning', found: expect.stringMatching(/^everything is not told until .*: holidays \(ann\)$/) },
  ])
  const { hook } = notify.channels
  const changed = await findings({ notify: { channels: { hook, added: webhook('hook') } } })
  const restart = { status: 'warning', advice: expect.stringContaining('restart the notifier') }
  expect(changed('channel added')).toMatchObject([{ ...restart, found: expect.stringContaining('is not used') }])
  expect(changed('channel gone')).toMatchObject([{ ...restart, found: expect.stringContaining('still used') }])
  await notifier.stop()
  const over = await findings({ notify })
  expect(over('notifier')).toMatchObject([{ status: 'warning', found: expect.stringContaining('the last one was at') }])
})

test('a connector without its secret, or with a slip, is told', async () => {
  await freshStreams(connection)
  const account = { adapter: 'freqtrade', url: 'http://127.0.0.1:1', username: 'me' }
  const ok = await findings({ connectors: { bot1: { ...account, password_file: await written('password', 'x') } } })
  expect(ok('connectors')).toMatchObject([{ status: 'ok', advice: expect.stringContaining('connect bot1') }])
  expect(ok('connector bot1')).toMatchObject([{ status: 'ok' }])
  expect(ok('port of the connector')).toMatchObject([{ status: 'ok' }])

  const without = await findings({ connectors: { bot1: { ...account, password_file: at('nowhere') } } })
  expect(without('connector bot1')).toMatchObject([{ status: 'fault', found: `${at('nowhere')} does not exist` }])
  const slip = await findings({ connectors: { bot1: account } })
  expect(slip('connectors')).toMatchObject([{ status: 'fault', found: expect.stringContaining('password_file') }])
})
