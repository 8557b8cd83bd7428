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

const TOKEN = 'token-of-the-account'

/** An account on this host, which loses when the test says so. */
class HostedAccount {
  equity = 1000
  /** The paths of what it was told, in order. */
  readonly told: string[] = []
  readonly #server: Server
  #readings = 0

  private constructor() {
    this.#server = createServer((request, response) => {
      if (request.headers.authorization !== `Bearer ${TOKEN}`) return void response.writeHead(401).end()
      if (request.method === 'POST') this.told.push(request.url ?? '')
      this.#readings += 1
      // Each reading is another one, so that a loss is confirmed by the next.
      response.end(JSON.stringify({ equity: this.equity + (this.#readings % 2) / 100 }))
    })
  }

  static async open(): Promise<HostedAccount> {
    const account = new HostedAccount()
    // Containers come by the address of a bridge.
    await new Promise<void>((resolve) => account.#server.listen(0, '0.0.0.0', resolve))
    return account
  }

  /** Its address for a container. */
  get url(): string {
    return `http://host.docker.internal:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

let stack: Stack
let account: HostedAccount
let folder: string
/** Of a reader of the console. */
let token: string

beforeAll(async () => {
  account = await HostedAccount.open()
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-connector-'))
  const bot1 = {
    adapter: 'generic',
    equity_url: `${account.url}/equity`,
    equity_at: '/equity',
    currency: 'USD',
    every_seconds: 1,
    token_file: '/run/secrets/drawbridge/token',
    block_url: `${account.url}/block`,
    unblock_url: `${account.url}/unblock`,
  }
  const config = path.join(folder, 'config.json')
  await writeFile(config, JSON.stringify({ traders: { bot1: {} }, connectors: { bot1 } }), { mode: 0o644 })
  stack = await Stack.open('connector')
  stack.env.DRAWBRIDGE_CONFIG = config
})

afterAll(async () => {
  await stack?.close()
  account?.close()
  await rm(folder, { recursive: true, force: true })
})

/** What the console hears of the connector. */
async function heard() {
  const answer = await fetch(`http://127.0.0.1:${stack.env.CONSOLE_PORT}/api/health`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const { connectors } = (await answer.json()) as { connectors?: readonly Record<string, unknown>[] }
  return connectors?.find(({ connector }) => connector === 'bot1')
}

/** What Prometheus answers to a query of one number; null: there is none. */
async function asked(query: string): Promise<string | null> {
  const url = `http://127.0.0.1:${stack.env.PROMETHEUS_PORT}/api/v1/query?query=${encodeURIComponent(query)}`
  const { data } = (await (await fetch(url)).json()) as { data: { result: readonly { value: [number, string] }[] } }
  return data.result[0]?.value[1] ?? null
}

test('the profile connector reads an account on this host, blocks it after a loss, and remembers that', async () => {
  await stack.once('setup')
  const keep = `printf ${TOKEN} > /secrets/token && chown 65532:65532 /secrets/token && chmod 400 /secrets/token`
  const secrets = ['--volume', `${path.join(stack.data, 'secrets/connector')}:/secrets`]
  await docker(['run', '--rm', '--user', '0:0', ...secrets, '--entrypoint', 'sh', images.node, '-ec', keep])
  token = await stack.once('drawbridge', 'make-token', '--name', 'me', '--role', 'read')
  await stack.compose(['--profile', 'connector', 'up', '--detach', '--wait'], 300_000)

  await eventually(async () => (await heard())?.stands === 'open', {
    timeoutMs: 60_000,
    what: 'the account to be read, and entries to be allowed',
  })
  expect(await heard()).toMatchObject({ reads: true, acts: true, faults: [], isCurrent: true })

  // A doubt while everything starts may have blocked before.
  const toldBefore = account.told.length
  const toldSince = () => account.told.slice(toldBefore)
  account.equity = 900
  await eventually(() => toldSince().includes('/block'), { timeoutMs: 60_000, what: 'the block' })
  await eventually(async () => (await heard())?.stands === 'blocked', { what: 'people to be told' })

  const note = await stack.compose(['exec', '-T', 'connector', 'cat', '/var/lib/drawbridge/bot1.json'])
  expect(note).toContain('blocked')
  const looks = toldSince().length
  await stack.compose(['--profile', 'connector', 'restart', 'connector'])
  await stack.healthy('connector')
  await eventually(() => toldSince().length > looks, { timeoutMs: 60_000, what: 'the block to be looked at' })
  expect(new Set(toldSince())).toEqual(new Set(['/block']))
})

test('a second container of it waits, both tell that, and it does the work when the first is killed', async () => {
  await stack.compose(['--profile', 'connector', 'up', '--detach', '--wait', '--scale', 'connector=2'], 300_000)
  await eventually(async () => JSON.stringify(await heard()).includes('"run-alone"'), {
    timeoutMs: 60_000,
    what: 'people to be told of two processes',
  })
  await stack.up('--no-deps', 'prometheus')
  const both = 'count(connector_fault{connector="bot1", task="run-alone"} == 1)'
  await eventually(async () => (await asked(both)) === '2', {
    timeoutMs: 60_000,
    what: 'both to tell it in their metrics',
  })
  const [first] = (await stack.containers('connector')).toSorted((a, b) =>
    a.State.StartedAt.localeCompare(b.State.StartedAt),
  )
  const before = String((await heard())?.run)
  await docker(['kill', first?.Id ?? ''])
  await eventually(
    async () => {
      const now = await heard()
      return now?.run !== before && now?.isCurrent === true && now.stands === 'blocked' && now
    },
    { timeoutMs: 60_000, what: 'the second container to do the work' },
  )
})
