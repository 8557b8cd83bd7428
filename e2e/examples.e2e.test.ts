import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { eventually, type ServiceHere, TcpProxy } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/client-scene'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url))
/** Where Debian's packages have the sources of Go libraries. */
const DEBIAN_GO = '/usr/share/gocode'

interface Example {
  readonly file: string
  readonly command: readonly [string, ...string[]]
  /** Succeeds where the example can run here. */
  readonly probe: readonly [string, ...string[]]
}

const goEnvironment = { GO111MODULE: 'off', GOPATH: process.env.GOPATH ?? DEBIAN_GO }
const examples: readonly Example[] = [
  { file: 'shell/bot_http.sh', command: ['sh', 'shell/bot_http.sh'], probe: ['curl', '--version'] },
  { file: 'shell/bot_nats.sh', command: ['bash', 'shell/bot_nats.sh'], probe: ['bash', '--version'] },
  { file: 'python/bot_http.py', command: ['python3', 'python/bot_http.py'], probe: ['python3', '--version'] },
  { file: 'python/bot_nats.py', command: ['python3', 'python/bot_nats.py'], probe: ['python3', '-c', 'import nats'] },
  { file: 'go/bot_http.go', command: ['go', 'run', 'go/bot_http.go'], probe: ['go', 'version'] },
  {
    file: 'go/bot_nats.go',
    command: ['go', 'run', 'go/bot_nats.go'],
    probe: ['go', 'list', 'github.com/nats-io/nats.go'],
  },
]

/** The trader of an example where nobody names another one, such as `python-http`. */
const traderOf = ({ file }: Example) => file.replace(/^(\w+)\/bot_(\w+)\..*$/, '$1-$2')
const linesMaxOf = (file: string) => (file.startsWith('python/') ? 35 : 30)

let scene: Scene
let guardian: ServiceHere
let trader: ServiceHere

beforeAll(async () => {
  scene = await Scene.open({ traders: Object.fromEntries([...examples.map(traderOf), 'exits'].map((id) => [id, {}])) })
  guardian = await scene.start('risk-guardian')
  trader = await scene.start('trader')
})
afterAll(async () => {
  await trader?.stop()
  await guardian?.stop()
  await scene?.close()
})

test('each example is run here, and has at most 30 lines, in Python 35', () => {
  const files = readdirSync(EXAMPLES, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'README.md')
    .map((entry) => `${entry.parentPath}/${entry.name}`.replace(/.*examples\/+/, ''))

  expect(files.toSorted()).toEqual(examples.map(({ file }) => file).toSorted())
  for (const file of files) {
    const lines = readFileSync(EXAMPLES + file, 'utf8')
      .trimEnd()
      .split('\n').length
    expect({ file, isShort: lines <= linesMaxOf(file) }).toEqual({ file, isShort: true })
  }
})

test('each example has a trader of its own, which no command of the README stops', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  for (const example of examples) {
    expect(readFileSync(EXAMPLES + example.file, 'utf8')).toContain(traderOf(example))
    expect(readme).not.toContain(traderOf(example))
  }
})

describe('a bot that loses 15 % sells, and buys no more while it is paused:', () => {
  test.for(examples)('$file', async (example, { skip }) => {
    const missing = whyNot(example.probe)
    if (missing !== null) {
      console.log(`skipped: examples/${example.file}, because ${missing}`)
      return skip(missing)
    }
    const bot = new Bot(example, scene.natsUrl, await trader.url())
    try {
      await bot.feed(100, /^100 10 /m)
      await bot.feed(85, /^85 0 .*max_daily_loss: 15 % reached the limit of 10 %/m)
      await bot.feed(100, /^100 0 .*max_daily_loss/m)
      expect(await bot.end()).toBe(0)
    } finally {
      bot.kill()
    }

    const equities = (await scene.ticks(traderOf(example))).map(({ text }) => Number(JSON.parse(text).equity))
    expect(new Set(equities)).toEqual(new Set([1000, 850]))
    const units = bot.output
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[1])
    expect(units.join()).toMatch(/^(0,)*(10,)+0(,0)+$/)
  })
})

describe('a bot sells by its own rule while nobody answers:', () => {
  test.for(examples.filter(({ file }) => file.includes('http')))('$file', async (example, { skip }) => {
    const missing = whyNot(example.probe)
    if (missing !== null) return skip(missing)
    const proxy = await TcpProxy.to(await trader.url())
    const bot = new Bot(example, scene.natsUrl, proxy.url.replace(/\/$/, ''), { TRADER: 'exits', STOP: '99' })
    try {
      await bot.feed(100, /^100 10 /m)
      proxy.swallowAnswers()

      await bot.feed(99, /^99 0 /m)
    } finally {
      bot.kill()
      await proxy.cut()
    }
  })
})

/** Null: the example can run here. */
function whyNot([command, ...args]: Example['probe']): string | null {
  const { error, status, stderr } = spawnSync(command, args, { encoding: 'utf8', env: environment() })
  if (error !== undefined) return `this machine has no ${command}`
  return status === 0 ? null : `"${command} ${args.join(' ')}" fails here: ${stderr.trim().split('\n').at(-1)}`
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, ...goEnvironment }
}

/** An example that runs, with its standard input as the feed of prices. */
class Bot {
  readonly #child: ChildProcess
  readonly #exited: Promise<number | null>
  output = ''

  constructor(example: Example, natsUrl: string, url: string, more: Readonly<Record<string, string>> = {}) {
    const [command, ...args] = example.command
    const env = { ...environment(), NATS_URL: natsUrl, DRAWBRIDGE_URL: url, TRADER: '', ...more }
    this.#child = spawn(command, args, { cwd: EXAMPLES, env, stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.output += text
    })
    // A bot that has ended reads no more: what it said, and its code, tell why.
    this.#child.stdin?.on('error', () => undefined)
    this.#exited = new Promise((resolve) => this.#child.once('close', resolve))
  }

  /** Gives it the price again and again, one more with each answer, until it has said something that matches. */
  async feed(price: number, said: RegExp): Promise<void> {
    const before = this.output.length
    let answered = -1
    await eventually(
      () => {
        const answers = this.output.slice(before)
        if (said.test(answers)) return true
        const count = answers.split('\n').length
        if (count > answered) this.#child.stdin?.write(`${price}\n`)
        answered = count
        return false
      },
      // Where it must be compiled first.
      { timeoutMs: 120_000, what: `the bot to say ${said} at ${price}, after it said ${this.output.slice(-500)}` },
    )
  }

  /** Ends the feed; its exit code. */
  end(): Promise<number | null> {
    this.#child.stdin?.end()
    return this.#exited
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
