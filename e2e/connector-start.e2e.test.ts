import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FakeServer } from '@drawbridge/connector/fake-server'
import { genericAccount } from '@drawbridge/connector/generic-account'
import { eventually } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { drawbridgeIn, makeWorkFolder, runStart, type StartRun } from './npm-start.ts'

const LIMITS = { confirm_jump: null, max_daily_loss: 5, max_drawdown: null }
const WITHIN_MS = { timeoutMs: 120_000 }

let folder: Awaited<ReturnType<typeof makeWorkFolder>>
let bank: FakeServer
let run: StartRun | null

beforeEach(async () => {
  folder = await makeWorkFolder()
  bank = await FakeServer.open()
  bank.on('GET /account', { body: { equity: 1000 } })
  bank.on('POST /block', {})
  bank.on('POST /unblock', {})
  const bot1 = genericAccount(bank.url)
  await writeFile(join(folder.path, 'config.json'), JSON.stringify({ limits: LIMITS, connectors: { bot1 } }))
  run = null
})
afterEach(async () => {
  run?.child.kill('SIGTERM')
  await run?.exited
  await bank.close()
  await folder.remove()
})

async function start(...args: string[]): Promise<StartRun> {
  const started = runStart(folder.path, args, {})
  run = started
  await eventually(() => started.stdout().includes('Serving until Ctrl-C'), { ...WITHIN_MS, what: 'the system' })
  return started
}

/** What the connector says of itself, at the port that its log has. */
async function connectorsOf() {
  const log = await readFile(join(folder.path, 'data/system/logs/connector.log'), 'utf8')
  const port = /"port":(\d+)/.exec(log)?.[1]
  const answer = await fetch(`http://127.0.0.1:${port}/api/connectors`)
  return (await answer.json()) as { connectors: { dryRun: boolean; reading: { equity: string } | null }[] }
}

test('npm start with a connector reports its account, and a breach blocks it there', async () => {
  await start()
  const reported = async () => (await drawbridgeIn(folder.path, ['status', '--json'])).stdout.includes('"1000"')
  await eventually(reported, { ...WITHIN_MS, what: 'the equity of bot1' })
  expect(bank.askedFor('POST /block')).toEqual([])

  bank.on('GET /account', { body: { equity: 900 } })
  await eventually(() => bank.askedFor('POST /block').length > 0, { ...WITHIN_MS, what: 'the block' })
  expect(JSON.parse(bank.askedFor('POST /block')[0]?.body ?? '')).toMatchObject({
    marker: 'drawbridge:bot1',
    reason: expect.stringContaining('max_daily_loss'),
  })
  const note = await readFile(join(folder.path, 'data/system/connector/bot1.json'), 'utf8')
  expect(JSON.parse(note)).toMatchObject({ marker: 'drawbridge:bot1' })
}, 240_000)

test('npm start -- --dry-run reads the account, and reports and does nothing', async () => {
  await start('--dry-run')
  const reading = async () => (await connectorsOf()).connectors[0]?.reading
  await eventually(reading, { ...WITHIN_MS, what: 'a reading' })
  expect((await connectorsOf()).connectors).toMatchObject([{ dryRun: true, reading: { equity: '1000' } }])
  const status = await drawbridgeIn(folder.path, ['status', '--json'])
  expect(status.stdout).not.toContain('"1000"')
  expect(bank.asked.every(({ method }) => method === 'GET')).toBe(true)
}, 240_000)

test('--dry-run without a connector is refused, as it would be no dry run', async () => {
  await writeFile(join(folder.path, 'config.json'), JSON.stringify({ limits: LIMITS }))
  const { code, stderr } = await runStart(folder.path, ['--dry-run'], {}).exited
  expect(code).toBe(1)
  expect(stderr).toContain('--dry-run is for connectors, and config.json has none')
}, 60_000)
