import { randomBytes } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type ConnectedTrader, connectTrader } from '@drawbridge/client'
import { eventually, spawnProgram, spawnService } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorkFolder } from './npm-start.ts'
import { type SecuredNats, startSecuredNats } from './security/secured-nats.ts'

const PROVISION = fileURLToPath(new URL('../scripts/provision.ts', import.meta.url))
const EVERY_MS = 20

let nats: SecuredNats
let folder: Awaited<ReturnType<typeof makeWorkFolder>>
let bot: ConnectedTrader
let url: string
let load: Load
let token = newToken()
const env = (user: string) => ({
  NATS_URL: nats.url,
  NATS_NKEY_SEED_FILE: nats.seedFile(user),
  CONFIG_FILE: join(folder.path, 'config.json'),
})

function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** By renaming, as make-token does. */
async function writeTokens(...tokens: readonly string[]): Promise<void> {
  const file = join(folder.path, 'tokens.json')
  const entries = tokens.map((one, index) => ({ name: `bot${index}`, role: 'operate', token: one }))
  await writeFile(`${file}.new`, JSON.stringify(entries))
  await rename(`${file}.new`, file)
}

const ask = (path: string, by: string, init: RequestInit = {}) =>
  fetch(`${url}/api/traders/bot1${path}`, { ...init, headers: { authorization: `Bearer ${by}` } })

const version = async () => {
  const answer = (await (await ask('', token)).json()) as { readonly version: number }
  return answer.version
}

/** A bot that reports and asks on and on, and keeps what it was answered. */
class Load {
  readonly refusals: string[] = []
  reports = 0
  readonly #over = new AbortController()
  readonly #done: Promise<void>

  constructor() {
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.#over.abort()
    await this.#done
  }

  async #run(): Promise<void> {
    while (!this.#over.signal.aborted) {
      const body = JSON.stringify({ equity: 1000 + (this.reports % 7) })
      const reported = await ask('/equity', token, { method: 'POST', body })
      if (reported.ok) this.reports += 1
      else this.refusals.push(`equity: ${reported.status} ${await reported.text()}`)
      const gate = await ask('/can-trade', token)
      const text = await gate.text()
      if (this.reports > 10 && !text.includes('"allowed":true')) this.refusals.push(`can-trade: ${text}`)
      await delay(EVERY_MS)
    }
  }
}

beforeAll(async () => {
  nats = await startSecuredNats(['own1'])
  folder = await makeWorkFolder()
  const limits = { confirm_jump: null, stale_after_seconds: null }
  await writeFile(join(folder.path, 'config.json'), JSON.stringify({ limits, traders: { bot1: {} } }))
  await writeTokens(token)
  expect((await spawnProgram(PROVISION, [], env('admin'))).code).toBe(0)
  spawnService('risk-guardian', env('guardian'))
  const tokens = { API_TOKENS_FILE: join(folder.path, 'tokens.json') }
  url = await spawnService('trader', { ...env('trader'), ...tokens }).url()
  bot = await connectTrader('own1', { natsUrl: nats.url, natsFiles: { seedFile: nats.seedFile('bot-own1') } })
  await ask('/equity', token, { method: 'POST', body: '{"equity": 1000}' })
  const isOpen = async () => (await (await ask('/can-trade', token)).text()).includes('"allowed":true')
  await eventually(isOpen, { what: 'the gate to open', timeoutMs: 30_000 })
  load = new Load()
}, 120_000)

afterAll(async () => {
  await load?.stop()
  await bot?.close()
  await nats?.close()
  await folder?.remove()
})

test('an API token is changed under load, and no request is refused', async () => {
  const [before, next] = [token, newToken()]
  await writeTokens(before, next)
  await eventually(async () => (await ask('/can-trade', next)).status === 200, { what: 'the new token to be let in' })

  token = next
  await writeTokens(next)

  await eventually(async () => (await ask('/can-trade', before)).status === 401, { what: 'the old one to be refused' })
  expect(load.refusals).toEqual([])
})

test.each(['guardian', 'trader'])('the nkey of the %s is changed under load: gates stay open', async (user) => {
  const before = await version()
  const oldSeed = await nats.connect(user)

  await nats.rotate(user)

  // A client with only the old key is refused.
  await eventually(() => oldSeed.isClosed(), { what: 'the old key to be refused' })
  const reached = load.reports + before
  await eventually(async () => (await version()) > reached - before + 10, { what: 'decisions', timeoutMs: 30_000 })
  expect(load.refusals).toEqual([])
})

test('the nkey of a bot is changed while it reports, and its gate stays open', async () => {
  bot.report(1000)
  await eventually(() => bot.gate.canTrade().allowed, { what: 'its gate to open' })
  const before = bot.gate.version

  await nats.rotate('bot-own1')

  for (let equity = 1001; equity < 1020; equity += 1) {
    bot.report(equity)
    expect(bot.gate.canTrade().allowed).toBe(true)
  }
  await eventually(() => bot.gate.version >= before + 19, { what: 'the decisions on its reports', timeoutMs: 30_000 })
})

test('each report has its one decision after all', async () => {
  await load.stop()

  await eventually(async () => (await version()) === load.reports + 1, { what: 'every decision', timeoutMs: 30_000 })
  expect(load.refusals).toEqual([])
})
