import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Scene } from '@drawbridge/testing/client-scene'
import { type FoundNode, nodeOf } from '@drawbridge/testing/node-versions'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MAJORS = [20, 22, 24]

/** Reports until it may enter, then loses 15 %, and says what it was told. */
const BOT = `
import { connectTrader, reducing } from '@drawbridge/client'
const [trader, natsUrl] = process.argv.slice(2)
const bot = await connectTrader(trader, { natsUrl })
const until = (is, equity) => new Promise((resolve) => {
  const timer = setInterval(() => {
    if (is()) resolve(clearInterval(timer))
    else bot.report(equity)
  }, 20)
})
bot.onBreach(({ type, state }) => console.log(type, state.pause.holds[0].holder))
bot.onResume(({ type }) => console.log(type))
await until(() => bot.gate.canTrade().allowed, 1000)
console.log('allowed')
await until(() => bot.gate.canTrade().code === 'limit', 850)
console.log('paused', bot.gate.canTrade('reduce').allowed)
console.log(reducing({ kind: 'net', size: 1 }, { side: 'sell', quantity: 2 }))
await bot.close()
`

/** Does not compile without the declarations, or with wrong ones. */
const TYPED = `
import { connectTrader, type ConnectedTrader, type Verdict } from '@drawbridge/client'
const trader: ConnectedTrader = await connectTrader('bot1', { natsUrl: 'nats://127.0.0.1:4222', leaseMs: 5000 })
const verdict: Verdict = trader.gate.canTrade()
const end: () => void = trader.onResume((event) => console.log(event.state.version))
// @ts-expect-error an equity is a number, a string or a tick
trader.report(new Date())
console.log(verdict.code === 'limit', end)
`

let scene: Scene
let project: string
let installed: string

beforeAll(async () => {
  scene = await Scene.open({ traders: {} })
  await scene.start('risk-guardian')
  project = await mkdtemp(path.join(tmpdir(), 'drawbridge-project-'))
  installed = await packAndInstall(project)
}, 240_000)
afterAll(async () => {
  await scene?.close()
  await rm(project, { recursive: true, force: true })
})

async function packAndInstall(folder: string): Promise<string> {
  const built = path.join(folder, 'built')
  run(process.execPath, [path.join(ROOT, 'scripts/build-client.ts'), built], ROOT)
  run('npm', ['pack', built, '--pack-destination', folder], folder)
  const packed = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? 'no package'
  await rm(built, { recursive: true })
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }\n')
  run('npm', ['install', '--prefer-offline', path.join(folder, packed)], folder)
  await writeFile(path.join(folder, 'bot.mjs'), BOT)
  await writeFile(path.join(folder, 'typed.ts'), TYPED)
  return path.join(folder, 'node_modules/@drawbridge/client')
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${error ?? ''}${stdout}${stderr}`)
}

describe('the packed client, in an empty project, connects, reports, asks and hears of a breach on', () => {
  test.for(MAJORS)('Node %i', async (major, { skip }) => {
    const node: FoundNode = nodeOf(major)
    if (node.kind === 'missing') {
      console.log(`skipped: the packed client on Node ${major}, because ${node.reason}`)
      return skip(node.reason)
    }
    const args = [path.join(project, 'bot.mjs'), `node${major}`, scene.natsUrl]
    // It fails where the bot does. Its warnings, of a guardian that is slow to answer for one, are not the subject.
    const { stdout } = await promisify(execFile)(node.command, args, { cwd: project, timeout: 60_000 })

    expect(stdout).toBe('allowed\nbreach limit:max_daily_loss\npaused true\nfalse\n')
  })
})

test('its declarations compile in a strict project, with all that they refer to', async () => {
  const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--types', 'node']
  const roots = ['--typeRoots', path.join(ROOT, 'node_modules/@types')]
  const args = [path.join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, ...roots, 'typed.ts']
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8' })

  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
})

test('it holds the other parts of this repository itself, so that a registry need not have them', async () => {
  const manifest = JSON.parse(await readFile(path.join(installed, 'package.json'), 'utf8'))
  expect(Object.keys(manifest.dependencies)).toEqual(['@nats-io/jetstream', '@nats-io/transport-node', 'typebox'])
  expect(await readdir(path.join(project, 'node_modules/@drawbridge'))).toEqual(['client'])
  expect((await readdir(installed)).toSorted()).toEqual([
    'LICENSE',
    'README.md',
    'client',
    'contracts',
    'nats',
    'package.json',
  ])
})
