import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { eventually } from '@drawbridge/testing'
import images from '@drawbridge/testing/images.json' with { type: 'json' }
import { afterAll, beforeAll, expect, test } from 'vitest'
import { docker } from './docker.ts'
import { Stack } from './stack.ts'

/** What a receiver on this host was told. */
const told: { readonly title: string }[] = []
let receiver: Server
let folder: string
let stack: Stack
/** Of an operator. */
let token: string

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (request.url === '/hook' && request.headers['webhook-signature'] !== undefined)
      told.push(JSON.parse(Buffer.concat(chunks).toString('utf8')).data)
    response.writeHead(204).end()
  })
  // Containers come by the address of a bridge.
  await new Promise<void>((resolve) => receiver.listen(0, '0.0.0.0', resolve))
  const url = `http://host.docker.internal:${(receiver.address() as AddressInfo).port}/hook`
  const hook = { kind: 'webhook', url, secret_file: '/run/secrets/drawbridge/hook', at_most_per_minute: 60 }
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-notifier-'))
  const config = path.join(folder, 'config.json')
  await writeFile(config, JSON.stringify({ limits: { confirm_jump: null }, notify: { channels: { hook } } }), {
    mode: 0o644,
  })
  stack = await Stack.open('notifier')
  stack.env.DRAWBRIDGE_CONFIG = config
})

afterAll(async () => {
  await stack?.close()
  receiver?.closeAllConnections()
  receiver?.close()
  await rm(folder, { recursive: true, force: true })
})

async function report(equity: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${stack.env.TRADER_PORT}/api/traders/bot1/equity`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ equity }),
  })
  expect([200, 202]).toContain(answer.status)
}

test('the profile notifier tells a receiver on this host of a broken limit, also while the database is away', async () => {
  await stack.once('setup')
  const keep =
    'printf a-secret-of-the-receiver > /secrets/hook && chown 65532:65532 /secrets/hook && chmod 400 /secrets/hook'
  const secrets = ['--volume', `${path.join(stack.data, 'secrets/notifier')}:/secrets`]
  await docker(['run', '--rm', '--user', '0:0', ...secrets, '--entrypoint', 'sh', images.node, '-ec', keep])
  token = await stack.once('drawbridge', 'make-token', '--name', 'me', '--role', 'operate')
  await stack.compose(['--profile', 'notifier', 'up', '--detach', '--wait'], 300_000)
  await stack.healthy('notifier')

  await stack.compose(['stop', 'timescale'])
  await report(1000)
  await report(850)
  await eventually(() => told.length > 0, { timeoutMs: 60_000, what: 'the message' })
  expect(told[0]?.title).toBe('bot1: max_daily_loss broken (15 %)')
})
