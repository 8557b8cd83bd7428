import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@drawbridge/dev-stack'
import { eventually, type ServiceHere } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/client-scene'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { codeOf, pageOf, RunningRecipe } from './connect/recipe.ts'

const HERE = fileURLToPath(new URL('./connect/', import.meta.url))
const STAND_INS = path.join(HERE, 'stand-ins')
const CLIENT = fileURLToPath(new URL('../clients/python/src', import.meta.url))
const PAGES = [
  'alpaca',
  'ccxt',
  'freqtrade',
  'interactive-brokers',
  'metatrader5',
  'python',
  'tradingview',
  'typescript',
] as const
/** Their form and their examples are checked by a test of services/connector. */
const CONNECTOR_PAGES = [
  'alpaca-accounts',
  'ccxt-accounts',
  'connectors',
  'hummingbot',
  'interactive-brokers-accounts',
  'nofx',
  'tradingview-alerts',
] as const
const PLAIN = ['alpaca', 'ccxt', 'interactive-brokers', 'python'] as const
const hasPython = spawnSync('python3', ['--version']).error === undefined
if (!hasPython) console.log('skipped: the recipes in Python, because this machine has no python3')

let scene: Scene
let trader: ServiceHere
let folder: string
let running: RunningRecipe | null = null

beforeAll(async () => {
  scene = await Scene.open({ traders: Object.fromEntries(PAGES.map((page) => [page, {}])) })
  await scene.start('risk-guardian')
  trader = await scene.start('trader')
  // Within the repository, so that imports of the client are found.
  folder = await mkdtemp(path.join(HERE, 'running-'))
})
afterEach(() => running?.kill())
afterAll(async () => {
  await trader?.stop()
  await scene?.close()
  await rm(folder, { recursive: true, force: true })
})

/** Runs the code of a page, with its own trader in place of `mybot`, and the addresses of this system. */
async function runPython(
  page: string,
  before: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<void> {
  const code = codeOf(page, 'python')
    .replace('"mybot"', `"${page}"`)
    .replace('http://127.0.0.1:8081', await trader.url())
  const place = path.join(folder, `recipe-${page}`)
  await mkdir(place)
  const file = path.join(place, 'bot.py')
  await writeFile(file, code)
  const more = { API_KEY: 'key', API_SECRET: 'secret', PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', ...env }
  running = new RunningRecipe('python3', [...before, file], { PYTHONPATH: `${CLIENT}:${STAND_INS}`, ...more })
}

async function says(what: RegExp): Promise<void> {
  await eventually(() => what.test(running?.output ?? ''), { timeoutMs: 60_000, what: `${what}` }).catch((error) => {
    throw new Error(`${error.message}; it said:\n${running?.output}`)
  })
}

const ENTERS_EXITS_AND_IS_BLOCKED = /order buy 1\n[\s\S]*order sell 1\n[\s\S]*blocked: limit\n/
const orders = () => (running?.output ?? '').split('\n').filter((line) => line.startsWith('order '))

describe.skipIf(!hasPython)('enters while it may, exits when it has lost 15 percent, and is blocked then:', () => {
  test.each(PLAIN)('the bot of %s', async (page) => {
    await runPython(page)
    await says(ENTERS_EXITS_AND_IS_BLOCKED)
    expect(orders()).toEqual(['order buy 1', 'order sell 1'])
  })

  test('the strategy of freqtrade', async () => {
    await runPython('freqtrade', [path.join(STAND_INS, 'freqtrade_loop.py')])
    await says(ENTERS_EXITS_AND_IS_BLOCKED)
    expect(orders()).toEqual(['order buy 1', 'order sell 1'])
  })

  test('the receiver of TradingView, which takes no alert without its secret', async () => {
    const port = await freePort()
    await runPython('tradingview', [], { PORT: String(port), SECRET: 'long and random' })
    const alert = async (fields: object) => {
      const body = JSON.stringify({ secret: 'long and random', quantity: '1', ...fields })
      return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })).status
    }
    const buy = { side: 'buy', before: 'flat', size: '0' }
    await eventually(async () => (await alert(buy)) === 200 && orders().length >= 1, { what: 'the entry' })
    await eventually(async () => (await alert(buy)) === 200 && /blocked: limit/.test(running?.output ?? ''), {
      what: 'the block',
    })
    expect(await alert({ side: 'sell', before: 'long', size: '1' })).toBe(200)
    expect(await alert({ side: 'sell', quantity: '2', before: 'long', size: '1' })).toBe(200)
    await eventually(() => orders().at(-1) === 'order sell 1', { what: 'the exit' })

    expect(await alert({ ...buy, secret: 'wrong' })).toBe(403)
    expect(await alert({ side: 'buy' })).toBe(400)
    expect(orders().filter((order) => order === 'order sell 2')).toEqual([])
  })
})

test('the bot in TypeScript enters while it may, exits when it has lost 15 percent, and is blocked then', async () => {
  const place = path.join(folder, 'typescript')
  await mkdir(place)
  const code = codeOf('typescript', 'ts')
    .replace("'mybot'", "'typescript'")
    .replace('nats://127.0.0.1:4222', scene.natsUrl)
  await writeFile(path.join(place, 'bot.ts'), code)
  await copyFile(path.join(STAND_INS, 'my-strategy.ts'), path.join(place, 'my-strategy.ts'))
  const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
  const strict = [
    '--ignoreConfig',
    '--strict',
    '--noEmit',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--target',
    'es2024',
  ]
  const options = [...strict, '--types', 'node', '--allowImportingTsExtensions', '--erasableSyntaxOnly']
  const { stdout, status } = spawnSync(process.execPath, [tsc, ...options, path.join(place, 'bot.ts')], {
    encoding: 'utf8',
  })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })

  running = new RunningRecipe(process.execPath, [path.join(place, 'bot.ts')], {})
  await says(ENTERS_EXITS_AND_IS_BLOCKED)
  expect(orders()).toEqual(['order buy 1', 'order sell 1'])
})

describe('the pages have one form:', () => {
  test('each is listed, and there is no other', async () => {
    const files = (await readdir(fileURLToPath(new URL('../docs/connect/', import.meta.url)))).toSorted()
    const pages = [...PAGES, ...CONNECTOR_PAGES]
    expect(files).toEqual(['README.md', ...pages.map((page) => `${page}.md`)].toSorted())
    for (const page of pages) expect(pageOf('README')).toContain(`(${page}.md)`)
  })

  test.each(PAGES)('%s says what it needs, how, and what Drawbridge does not do for it', (page) => {
    const headings = [...pageOf(page).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
    expect(headings).toEqual(['What you need', 'The bot', 'What Drawbridge does not do for it'])
    const table = pageOf(page).split('## What Drawbridge does not do for it')[1] ?? ''
    for (const row of ['close positions', 'cancel orders', 'see orders that do not ask']) {
      expect(table).toMatch(new RegExp(`^\\| ${row} +\\| .{20,}\\|$`, 'm'))
    }
  })

  test('the Expert Advisor has about 60 lines, opens by a fresh yes alone, and is not said to be tested', () => {
    const code = codeOf('metatrader5', 'mql5')
    expect(code.split('\n').length).toBeLessThanOrEqual(65)
    expect(code.match(/GlobalVariableSet\(OPEN_UNTIL, /g)).toHaveLength(3)
    expect(pageOf('metatrader5')).toContain('This code is not compiled by our tests')
  })
})
