import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectNats } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, eventually, infrastructure, resetStreams, type TestDatabase } from '@drawbridge/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dockerCommands } from './compose/readme-commands.ts'
import { makeWorkFolder } from './npm-start.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const GOLDEN = fileURLToPath(new URL('fixtures/npm-start.txt', import.meta.url))

/** The code blocks of the README in a language. */
function blocks(language: string): string[] {
  return [...README.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].filter((m) => m[1] === language).map((m) => m[2] ?? '')
}

const commands = blocks('sh').flatMap((block) =>
  block
    .trim()
    .split('\n')
    .map((line) => line.replace(/ +#.*$/, '')),
)
/** `.ci/run` gives these; the first one begins what follows here. */
const OF_CI = ['npm ci && npm start', 'npm ci && npm test']
/** CI runs another command that does all of it, and more. */
const MORE_IN_CI: Readonly<Record<string, string>> = { 'npm test': 'npm run test:exhaustive' }
/** `npm run test:compose` runs these: Docker is needed. */
const { start, curls: withToken } = dockerCommands()
const here = commands.filter((command) => ![...OF_CI, ...start, ...withToken].includes(command))
const hasCurl = spawnSync('curl', ['--version']).error === undefined

let folder: Awaited<ReturnType<typeof makeWorkFolder>>
let running: Running
/** What was run, in this order. */
const ran: string[] = []

interface Running {
  readonly child: ChildProcess
  readonly stdout: () => string
  readonly stop: () => Promise<void>
}

/** As a newcomer's terminal: the machine's own Node.js, and no setting. */
function terminal(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  const path = PATH.split(delimiter).filter((entry) => !entry.includes('node_modules'))
  return { PATH: path.join(delimiter), HOME, ...more }
}

/** Starts a command that runs until it is stopped, as Ctrl-C does. */
function launch(command: string, env = terminal()): Running {
  const [program = '', ...args] = command.split(' ')
  const child = spawn(program, args, { cwd: folder.path, env, detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGINT')
    await closed
  }
  return { child, stdout: () => stdout, stop }
}

/** Runs a command to its end, with the addresses of the running system. */
function run(command: string, env = terminal()) {
  const there = command
    .replace('http://localhost:8081', addressOf('trader', 'http'))
    .replace('http://localhost:8080', addressOf('console', 'http'))
  return spawnSync('sh', ['-c', there], { cwd: folder.path, env, encoding: 'utf8' })
}

function addressOf(name: string, scheme: string): string {
  return new RegExp(`${name} (${scheme}:[^\\s,]+)`).exec(running.stdout())?.[1] ?? ''
}

async function untilServing(): Promise<void> {
  const { stdout } = running
  await eventually(() => stdout().includes('can-trade'), { timeoutMs: 240_000, what: 'npm start to serve' })
}

/** The next commands of the README, all of a kind. */
function next(kind: RegExp): string[] {
  const from = here.slice(ran.length)
  const end = from.findIndex((command) => !kind.test(command))
  const found = end < 0 ? from : from.slice(0, end)
  ran.push(...found)
  return found
}

/** A checkout of its own, so that no file of a developer is read or written. */
beforeAll(async () => {
  folder = await makeWorkFolder()
  const own = ['data', 'config.json', '.env', '.git', 'coverage']
  for (const name of readdirSync(ROOT)) if (!own.includes(name)) symlinkSync(join(ROOT, name), join(folder.path, name))
})
afterAll(async () => {
  await running?.stop()
  await folder?.remove()
})

test('the README begins with what CI runs', () => {
  const ci = readFileSync(new URL('../.ci/run', import.meta.url), 'utf8')
  expect(ci).toContain('npm run test:compose')
  for (const command of OF_CI) {
    expect(commands).toContain(command)
    for (const part of command.split(' && ')) expect(ci).toContain(MORE_IN_CI[part] ?? part)
  }
})

describe('the demo', () => {
  test('prints what the README shows, and the rest as it was', async () => {
    running = launch('npm start')
    await untilServing()
    const said = running.stdout()
    const table = blocks('').find((block) => block.includes('breaches')) ?? ''
    const lines = table.split('\n').filter((line) => line.trim() !== '...')
    expect(lines.length).toBeGreaterThan(12)
    expect(said.split('\n')).toEqual(expect.arrayContaining(lines))
    const golden = said
      .replace(/^[\s\S]*?(?=The demo;)/, '')
      .replaceAll(/took [\d.]+ s/g, 'took <seconds> s')
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
      .replaceAll(/^(downloading|creating).*\n/gm, '')
    await expect(golden).toMatchFileSnapshot(GOLDEN)
  }, 300_000)

  test.skipIf(!hasCurl)(
    'has a bot that the curl lines pause when it loses 15 %',
    async () => {
      const curls = next(/^curl /)
      expect(curls).toHaveLength(3)
      const [, , verdict] = await eventually(
        () => {
          const given = curls.map((command) => run(command).stdout)
          return given[2]?.includes('15 %') && given
        },
        { what: 'the bot to be paused', timeoutMs: 60_000 },
      )
      const [, promised = ''] = /answers `(\{.*?)"\.\.\."\}`/.exec(README) ?? []
      expect(promised).toContain('max_daily_loss')
      expect(verdict).toContain(promised)
    },
    120_000,
  )

  test.each([
    ['js', 'module', 'allowed\n'],
    ['ts', 'module-typescript', 'ok\n'],
  ])(
    'tells the %s bot that it may trade',
    async (language, type, heard) => {
      const [code = ''] = blocks(language)
      const there = code.replace('nats://127.0.0.1:4222', addressOf('NATS', 'nats'))
      const child = spawn(process.execPath, ['--input-type', type, '-e', there], {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let output = ''
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
      try {
        await eventually(() => output.includes(heard), { timeoutMs: 60_000, what: heard })
      } finally {
        child.kill('SIGKILL')
      }
    },
    90_000,
  )
})

describe("one's own system", () => {
  const config = JSON.parse(blocks('json')[0] ?? '') as { limits: object; traders: object }
  const write = (content: object) => writeFile(join(folder.path, 'config.json'), JSON.stringify(content))

  test('is what npm start runs with the config.json of the README, with data of its own', async () => {
    await running.stop()
    await write(config)
    const [command = ''] = next(/^npm start$/)
    running = launch(command)
    await untilServing()
    expect(running.stdout()).toContain('Your own system. Data in ./data/system')
    expect(running.stdout()).not.toContain('sp500')
    expect(existsSync(join(folder.path, 'data/demo/postgres'))).toBe(true)
  }, 300_000)

  test('takes the equity of the bot, doctor finds all well, and status shows it', () => {
    for (const command of hasCurl ? next(/^curl /) : []) expect(run(command)).toMatchObject({ status: 0 })
    const [command = ''] = next(/ doctor$/)
    const { status, stdout } = run(command)
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('settings and log') })
    const [table = ''] = next(/ status$/)
    expect(run(table)).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^ *mybot +blocked .* first reading of 10000 /m),
    })
  }, 120_000)

  test('takes an edited config.json by apply-config', async () => {
    await write({ ...config, limits: { ...config.limits, max_daily_loss: 2 } })
    expect(run('npm run drawbridge -- doctor').stdout).toContain('npm run drawbridge -- apply-config')
    const [dryRun = '', apply = ''] = next(/ apply-config /)
    for (const command of [dryRun, apply]) {
      const { status, stdout } = run(command)
      expect({ command, status }).toEqual({ command, status: 0 })
      expect(stdout).toMatch(/limits\.max_daily_loss +3 +2 +at once/)
    }
    expect(run(dryRun).stdout).toContain('Nothing to change')
  }, 180_000)
})

describe('servers of your own', () => {
  let database: TestDatabase
  let env: Record<string, string>
  beforeAll(async () => {
    database = await createDatabase()
    const connection = await connectNats(infrastructure().natsUrl, 'readme test', createLogger('test', 'silent'))
    await resetStreams(connection)
    await connection.close()
    env = terminal({
      NATS_URL: infrastructure().natsUrl,
      DATABASE_URL: database.url,
      CONFIG_FILE: `${ROOT}/config.json.example`,
      CONSOLE_PORT: '0',
      TRADER_PORT: '0',
      RISK_GUARDIAN_PORT: '0',
      PERSISTER_PORT: '0',
    })
  })
  afterAll(() => database?.drop())

  test('are prepared by its commands, which then run the services on them', async () => {
    for (const command of next(/^npm run (migrate|provision)$/)) {
      const { status, stderr } = run(command, env)
      expect({ command, status, stderr }).toMatchObject({ status: 0 })
    }
    const services = next(/^npm run /).map((command) => launch(command, env))
    expect(services).toHaveLength(4)
    try {
      for (const { stdout } of services) {
        const port = await eventually(() => /"port":(\d+)[^\n]*"msg":"listening"/.exec(stdout())?.[1], {
          timeoutMs: 120_000,
          what: 'a service to listen',
        })
        const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok || stdout()
        await eventually(async () => (await ready()) === true, { timeoutMs: 120_000, what: 'a service to be ready' })
      }
    } finally {
      for (const { stop } of services) await stop()
    }
  }, 300_000)
})

test('every command of the README was run here or by CI, in its order', () => {
  expect(ran).toEqual(here.filter((command) => hasCurl || !command.startsWith('curl ')))
})
