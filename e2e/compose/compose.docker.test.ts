import { eventually } from '@drawbridge/testing'
import images from '@drawbridge/testing/images.json' with { type: 'json' }
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { docker, hasImage, lines, shell } from './docker.ts'
import { imageSizes, startTimes } from './image-sizes.ts'
import { serviceOf } from './inspect.ts'
import { Load, PlainClient } from './plain-client.ts'
import { dockerCommands } from './readme-commands.ts'
import { Stack } from './stack.ts'

const BARS = 5105
const BREACHES_OF_HOLD = 36
/** Something that Prometheus scrapes. */
interface Target {
  readonly labels: { readonly job: string }
  readonly health: string
}

const { start, curls } = dockerCommands()

let stack: Stack
let token: string
let subscriber: PlainClient
let load: Load

/** A command of the README, for this stack. */
const here = (line: string) =>
  line
    .replace('localhost:8080', `127.0.0.1:${stack.env.CONSOLE_PORT}`)
    .replace('localhost:8081', `127.0.0.1:${stack.env.TRADER_PORT}`)
const asWritten = (line: string) => shell(here(line), { env: { ...stack.env, TOKEN: token }, timeoutMs: 300_000 })
const call =
  (port: number) =>
  (path: string, options = '') =>
    asWritten(`curl -sS -H "Authorization: Bearer $TOKEN" http://localhost:${port}/api/${path} ${options}`)
const api = call(8080)
const bots = call(8081)
const historyOf = async (trader: string) =>
  Number(await stack.sql(`SELECT count(DISTINCT tick_seq) FROM risk_state_history WHERE trader_id = '${trader}'`))

beforeAll(async () => {
  stack = await Stack.open('test')
})

afterAll(() => stack?.close())

describe('docker compose up', () => {
  test('the README has three commands to start it', () => {
    expect(start).toEqual([
      expect.stringMatching(/^docker compose up /),
      expect.stringMatching(/^TOKEN=\$\(docker compose run .* make-token /),
      'docker compose run --rm demo',
    ])
    expect(curls.length).toBeGreaterThan(1)
  })

  test('starts everything, healthy, on an empty folder', async () => {
    await asWritten(start[0] ?? '')

    const states = (await stack.containers()).map((container) => {
      const { Health, Status } = container.State
      return `${serviceOf(container)} ${Health?.Status ?? Status}`
    })
    const running = ['console', 'nats', 'persister', 'risk-guardian', 'risk-guardian', 'timescale', 'trader']
    expect(states.sort()).toEqual(
      [...running.map((service) => `${service} healthy`), 'migrate exited', 'provision exited', 'setup exited'].sort(),
    )
    console.log([...(await imageSizes(stack)), ...(await startTimes(stack))].join('\n'))
  })

  test('gives no container a right or a place to write to, and the user root to none but setup', async () => {
    for (const container of await stack.containers()) {
      const { HostConfig, Config } = container
      const service = serviceOf(container)
      expect({ service, ...HostConfig }).toMatchObject({
        ReadonlyRootfs: true,
        Privileged: false,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges:true'],
      })
      // Engines differ in how they write them.
      const added = (HostConfig.CapAdd ?? []).map((name) => name.replace('CAP_', ''))
      expect(added).toEqual(service === 'setup' ? ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'] : [])
      expect(HostConfig.Memory).toBeGreaterThan(0)
      expect(Config.User.startsWith('0'), `${service} is root`).toBe(service === 'setup')
      for (const [binding] of Object.values(HostConfig.PortBindings)) expect(binding?.HostIp).toBe('127.0.0.1')
    }
  })

  test('keeps the trader and the guardians from the database, which the console reads', async () => {
    const reaches = (service: string) =>
      stack.compose([
        'exec',
        '-T',
        service,
        'node',
        '-e',
        "require('dns').lookup('timescale', (e) => console.log(e === null))",
      ])
    expect(await reaches('persister')).toBe('true')
    expect(await reaches('console')).toBe('true')
    expect(await reaches('trader')).toBe('false')
    expect(await reaches('risk-guardian')).toBe('false')
  })

  test('makes a hypertable of the history, which its own users cannot rewrite', async () => {
    const tables = 'SELECT hypertable_name, owner FROM timescaledb_information.hypertables'
    expect(await stack.sql(tables)).toBe('risk_state_history|migrator')
    const may = "SELECT has_table_privilege('persister', 'risk_state_history', 'UPDATE, DELETE, TRUNCATE')"
    expect(await stack.sql(may)).toBe('f')
  })

  test('keeps every secret when it is set up again', async () => {
    const seed = () => stack.once('setup', '--show-seed', 'guardian')
    const before = await seed()
    await stack.once('setup')
    expect(await seed()).toBe(before)
    expect(before).toMatch(/^SU/)
  })
})

describe('the demo', () => {
  test('shows the breaches of twenty years, each heard once by a plain subscriber', async () => {
    subscriber = await PlainClient.start(stack, 'hear-breaches', 'operator')
    await subscriber.untilSaid((said) => said.includes('listening'), 'the subscriber to listen')
    token = await asWritten(`${start[1]}; echo "$TOKEN"`)

    const table = await asWritten(start[2] ?? '')

    expect(table).toContain(`sp500-hold: ${BREACHES_OF_HOLD} breaches`)
    // One event more than bars: that of the limits that the demo sets.
    expect(table).toMatch(new RegExp(`sp500-hold +${BARS} +${BARS + 1} +${BARS + 1}\\n`))
    const stored = lines(
      await stack.sql(
        "SELECT 'risk.breach.' || trader_id || ' ' || stream_seq FROM risk_state_history WHERE event_type = 'breach' ORDER BY stream_seq",
      ),
    )
    expect(stored.filter((line) => line.startsWith('risk.breach.sp500-hold '))).toHaveLength(BREACHES_OF_HOLD)
    const said = await subscriber.stop()
    expect(said.filter((line) => line !== 'listening')).toEqual(stored)
  })

  test('leaves a history that is complete', async () => {
    expect(await stack.once('drawbridge', 'verify')).toContain('No differences')
  })

  test('says the same when it is run again, and adds nothing', async () => {
    const before = await stack.sql('SELECT count(*) FROM risk_state_history')
    expect(await asWritten(start[2] ?? '')).toContain(`sp500-hold: ${BREACHES_OF_HOLD} breaches`)
    expect(await stack.sql('SELECT count(*) FROM risk_state_history')).toBe(before)
  })
})

describe('operating it', () => {
  test('the curl lines of the README switch persistence off and on', async () => {
    const answers: string[] = []
    for (const curl of curls) answers.push(await asWritten(curl))
    expect(answers[0]).toContain('"allowed"')
    expect(answers[1]).toContain('"enable_persistence":false')
    expect(answers[2]).toContain('"enable_persistence":true')
  })

  test('the console serves its page, and what the database knows', async () => {
    const page = await fetch(`http://127.0.0.1:${stack.env.CONSOLE_PORT}/`)
    expect({ status: page.status, text: await page.text() }).toEqual({
      status: 200,
      text: expect.stringContaining('<script type="module" crossorigin src="/assets/'),
    })
    expect(JSON.parse(await api('history/traders/sp500-hold/drawdowns?limit=1'))).toMatchObject({
      trader: 'sp500-hold',
      drawdowns: [{ drawdownPct: expect.any(String) }],
    })
  })

  test('whoever has logged in stays so when the console is started again', async () => {
    const session = `http://127.0.0.1:${stack.env.CONSOLE_PORT}/api/session`
    const login = await fetch(session, { method: 'POST', body: JSON.stringify({ token }) })
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? ''
    await stack.compose(['restart', 'console'])
    await stack.healthy('console')

    const known = await fetch(session, { headers: { cookie } })

    expect(await known.json()).toMatchObject({ required: true, name: expect.any(String), csrf: expect.any(String) })
  })

  test('three persisters share the load, and one is enough', async () => {
    load = await Load.start(stack, 'load1')
    await stack.up('--scale', 'persister=3')
    expect(await stack.healthy('persister')).toHaveLength(3)
    await load.more(5)
    await stack.up('--scale', 'persister=1')
    expect(await stack.healthy('persister')).toHaveLength(1)
    await load.more(2)
  })

  test('each container may be killed under load', async () => {
    for (const container of await stack.containers()) {
      if (container.State.Health?.Status !== 'healthy') continue
      await docker(['kill', container.Id])
      await docker(['start', container.Id])
      await stack.healthy(serviceOf(container))
      await load.more(2)
    }
  })

  test('a program that dies is started again by itself', async () => {
    const [before] = await stack.containers('trader')
    await stack.compose(['exec', '-T', 'trader', 'sh', '-c', 'kill -9 $(cat /proc/1/task/1/children)'])
    await eventually(
      async () => ((await stack.containers('trader'))[0]?.RestartCount ?? 0) > (before?.RestartCount ?? 0),
      {
        timeoutMs: 30_000,
        what: 'the trader to be started again',
      },
    )
    await stack.healthy('trader')
  })

  test('what JetStream acknowledged meanwhile is in the history, to the last tick', async () => {
    const stored = await load.stop()
    const complete = async () => (await historyOf(load.trader)) === stored
    await eventually(complete, { timeoutMs: 60_000, what: `${stored} ticks to be in the history` })
    expect(await stack.once('drawbridge', 'verify')).toContain('No differences')
  })

  test('a pause survives a restart of everything', async () => {
    const equity = (amount: number) => bots('traders/bot1/equity', `-d '{"equity": ${amount}}'`)
    const verdict = async () => {
      const { allowed, code, reason } = JSON.parse(await bots('traders/bot1/can-trade'))
      return { allowed, code, reason }
    }
    // The first reading counts when the next one agrees.
    await equity(1000)
    await equity(1000)
    await eventually(async () => (await verdict()).allowed, { what: 'bot1 to be allowed' })
    await api('traders/bot1/pause', `-d '{"reason": "holiday"}'`)
    await eventually(async () => !(await verdict()).allowed, { what: 'bot1 to be paused' })
    const paused = await verdict()
    expect(paused).toEqual({ allowed: false, code: 'operator', reason: expect.stringContaining('holiday') })

    await stack.down()
    expect(await stack.leftovers()).toEqual([])
    await stack.up()

    // The gate hears a guardian before it says anything of the trader.
    await eventually(async () => (await verdict()).code === 'operator', {
      timeoutMs: 30_000,
      what: 'bot1 to be paused as before',
    })
    expect(await verdict()).toEqual(paused)
  })
})

describe('the profile observability', () => {
  test('scrapes every service', async () => {
    await stack.up('--no-deps', 'prometheus')
    const url = `http://127.0.0.1:${stack.env.PROMETHEUS_PORT}/api/v1/targets`
    const up = async () => {
      const { data } = (await (await fetch(url)).json()) as { data: { activeTargets: readonly Target[] } }
      const targets = data.activeTargets
      return (
        targets.every(({ health }) => health === 'up') &&
        targets
          .map(({ labels }) => labels.job)
          .sort()
          .join()
      )
    }
    const everyService = 'console,persister,risk-guardian,risk-guardian,trader'
    await eventually(async () => (await up()) === everyService, { timeoutMs: 60_000, what: 'all targets to be up' })
  })

  test('shows dashboards', async ({ skip }) => {
    if (!(await hasImage(images.grafana))) {
      console.warn(`SKIPPED: Grafana is not tested, because the engine has no ${images.grafana} and cannot get it`)
      skip()
    }
    await stack.up('--no-deps', 'grafana')
    const url = `http://127.0.0.1:${stack.env.GRAFANA_PORT}/api/health`
    const { database } = (await (await fetch(url)).json()) as { database: string }
    expect(database).toBe('ok')
  })
})

test('docker compose down leaves nothing behind but data', async () => {
  await stack.down()
  expect(await stack.leftovers()).toEqual([])
})
