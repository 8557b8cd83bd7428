import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { connectNats } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, eventually, infrastructure, resetStreams } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dockerCommands } from './compose/readme-commands.ts'
import { makeWorkFolder, runStart, type StartRun } from './npm-start.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

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
/** `.ci/run` gives these. */
const OF_CI = ['npm ci && npm start', 'npm ci && npm test']
/** CI runs another command that does all of it, and more. */
const MORE_IN_CI: Readonly<Record<string, string>> = { 'npm test': 'npm run test:exhaustive' }
/** `npm run test:compose` runs these: Docker is needed. */
const { start, curls: withToken } = dockerCommands()
const OF_COMPOSE = [...start, ...withToken]
const curls = commands.filter((command) => command.startsWith('curl ') && !OF_COMPOSE.includes(command))
const services = commands.filter((command) => command.startsWith('node services/'))
const preparations = ['npm run migrate', 'npm run provision']

let folder: Awaited<ReturnType<typeof makeWorkFolder>>
let run: StartRun
let said: string
let traderUrl: string
let natsUrl: string

beforeAll(async () => {
  folder = await makeWorkFolder()
  run = runStart(folder.path, [], {})
  said = await eventually(() => run.stdout().includes('Serving until Ctrl-C') && run.stdout(), {
    timeoutMs: 120_000,
    what: 'npm start to serve',
  })
  traderUrl = /trader (http:[^\s,]+)/.exec(said)?.[1] ?? ''
  natsUrl = /NATS (nats:[^\s,]+)/.exec(said)?.[1] ?? ''
}, 150_000)

afterAll(async () => {
  run?.child.kill('SIGINT')
  await run?.exited
  await folder?.remove()
})

test('every command of the README is run here or by CI', () => {
  expect(
    commands.filter((command) => ![...OF_CI, ...OF_COMPOSE, ...curls, ...preparations, ...services].includes(command)),
  ).toEqual([])
  expect([curls.length, services.length]).toEqual([3, 4])
  const ci = readFileSync(new URL('../.ci/run', import.meta.url), 'utf8')
  expect(ci).toContain('npm run test:compose')
  for (const command of OF_CI) {
    for (const part of command.split(' && ')) expect(ci).toContain(MORE_IN_CI[part] ?? part)
  }
})

test('its table of the demo is what npm start prints', () => {
  const table = blocks('').find((block) => block.includes('breaches')) ?? ''
  const lines = table.split('\n').filter((line) => line.trim() !== '...')
  expect(lines.length).toBeGreaterThan(8)
  expect(said.split('\n')).toEqual(expect.arrayContaining(lines))
})

test.skipIf(spawnSync('curl', ['--version']).error !== undefined)(
  'its curl lines pause a bot that loses 15 %',
  async () => {
    const here = (command: string) => command.replace('http://localhost:8081', traderUrl)
    const answers = () => curls.map((command) => spawnSync('sh', ['-c', here(command)], { encoding: 'utf8' }).stdout)
    const [, , verdict] = await eventually(
      () => {
        const given = answers()
        return given[2]?.includes('15 %') && given
      },
      { what: 'the bot to be paused' },
    )
    const [, promised = ''] = /answers `(\{.*?)"\.\.\."\}`/.exec(README) ?? []
    expect(promised).toContain('max_daily_loss')
    expect(verdict).toContain(promised)
  },
)

test.each([
  ['js', 'module', 'allowed\n'],
  ['ts', 'module-typescript', 'ok\n'],
])('its %s bot hears that it may trade', async (language, type, heard) => {
  const [code = ''] = blocks(language)
  const child = spawn(process.execPath, ['--input-type', type, '-e', code.replace('nats://127.0.0.1:4222', natsUrl)], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  try {
    await eventually(() => output.includes(heard), { timeoutMs: 20_000, what: heard })
  } finally {
    child.kill('SIGKILL')
  }
})

test('its commands prepare servers of your own and run the services on them', async () => {
  const database = await createDatabase()
  const connection = await connectNats(infrastructure().natsUrl, 'readme test', createLogger('test', 'silent'))
  await resetStreams(connection)
  await connection.close()
  const env = {
    ...process.env,
    NATS_URL: infrastructure().natsUrl,
    DATABASE_URL: database.url,
    CONFIG_FILE: `${ROOT}/config.json.example`,
    CONSOLE_PORT: '0',
    TRADER_PORT: '0',
    RISK_GUARDIAN_PORT: '0',
    PERSISTER_PORT: '0',
  }
  for (const command of preparations) {
    const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: ROOT, env, encoding: 'utf8' })
    expect({ command, status, stderr }).toMatchObject({ status: 0 })
  }
  const running = services.map((command) => {
    const child = spawn(process.execPath, command.split(' ').slice(1), {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    return { child, output: () => output }
  })
  try {
    for (const { output } of running) {
      const port = await eventually(() => /"port":(\d+)[^\n]*"msg":"listening"/.exec(output())?.[1], {
        timeoutMs: 60_000,
        what: 'a service to listen',
      })
      const ready = async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok || output()
      await eventually(async () => (await ready()) === true, { timeoutMs: 60_000, what: 'a service to be ready' })
    }
  } finally {
    for (const { child } of running) child.kill('SIGKILL')
    await database.drop()
  }
})
