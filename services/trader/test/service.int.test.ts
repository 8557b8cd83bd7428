import { request } from 'node:http'
import { subjects } from '@drawbridge/contracts'
import { eventually, type ServiceHere } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/client-scene'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const CSV = 'date,open,high,low,close\n2000-01-03,10,10,10,10\n'
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

let scene: Scene
let trader: ServiceHere
let url: string

beforeAll(async () => {
  scene = await Scene.open()
  const file = await scene.writeFile('bars.csv', CSV)
  const config = {
    lease_seconds: 2,
    traders: {
      bot1: {},
      bot2: {},
      bot3: { limits: { confirm_jump: { percent: 20, seconds: 5 } } },
      replayed: { source: 'replay', strategy: 'hold', file },
    },
  }
  await scene.recreateStreams(config)
  trader = await scene.start('trader')
  url = await trader.url()
})
afterAll(async () => {
  await trader.stop()
  await scene.close()
})

interface Answer {
  readonly status: number
  readonly body: unknown
}

/** With node:http, because fetch corrects the faults that are tested here. */
function ask(
  method: string,
  path: string,
  body: string | Uint8Array | null = null,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: text === '' ? null : JSON.parse(text) }),
      )
    })
    // The answer to a body that is too large may come while it is still being sent.
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error)
    })
    sent.end(body ?? undefined)
  })
}

const post = (trader: string, body: string | Uint8Array, headers?: Readonly<Record<string, string>>) =>
  ask('POST', `/api/traders/${trader}/equity`, body, headers)

function fault(code: string, message: string | RegExp) {
  return { error: { code, message: typeof message === 'string' ? message : expect.stringMatching(message) } }
}

const TICK = 'an equity tick'
const ALWAYS = /./

describe('equity that is posted', () => {
  test('is accepted, and INPUTS has its exact bytes and its trace', async () => {
    const body = ' {"equity":  "10250.50", "note": "\u00e4", "seq": 7 }\n'

    const answer = await post('bot1', body, { traceparent: TRACEPARENT, 'content-type': 'application/json' })

    expect(answer).toMatchObject({ status: 202, body: { accepted: true } })
    const [tick] = await eventually(async () => nonEmpty(await scene.ticks('bot1')), { what: TICK })
    expect(tick).toMatchObject({ text: body, traceparent: TRACEPARENT })
  })

  test('is answered in words that nobody judges it, where no guardian is heard, and what to do', async () => {
    expect(await ask('POST', '/api/traders/bot1/equity?wait_ms=0', '{"equity": 1000}')).toMatchObject({
      status: 202,
      body: { accepted: true, allowed: false, decision: null, message: expect.stringContaining('not judged yet') },
    })
    expect(await post('bot1', '{"equity": 1000}')).toMatchObject({
      status: 202,
      body: {
        allowed: false,
        code: 'no-guardian',
        decision: null,
        message: expect.stringMatching(/no risk guardian is heard.*npm start/),
      },
    })
  })

  test('may have digits that no float holds, and INPUTS has them all', async () => {
    const body = '{"equity": 1.0000000000000000002, "balance": "0.30000000000000004"}'
    const before = (await scene.ticks('bot2')).length

    expect(await post('bot2', body)).toMatchObject({ status: 202, body: { accepted: true } })

    const ticks = await eventually(async () => nonEmpty((await scene.ticks('bot2')).slice(before)), { what: TICK })
    expect(ticks[0]).toMatchObject({ text: body })
  })

  test('is accepted with fields that cannot be read, and the answer names them', async () => {
    const answer = await post('bot2', '{"equity": 1, "balance": "x", "at": "yesterday", "seq": -1}')

    expect(answer).toMatchObject({
      status: 202,
      body: {
        accepted: true,
        faults: {
          balance: 'must be a decimal like "10250.50", got "x"',
          at: expect.stringMatching(/^must be a time/),
          seq: 'must be a whole number from 0 up, got -1',
        },
      },
    })
  })

  test.each([
    { name: 'none', headers: {} },
    { name: 'of a form', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    { name: 'of text', headers: { 'content-type': 'text/plain; charset=utf-8' } },
  ])('may have any content type: $name', async ({ headers }) => {
    expect(await post('bot1', '{"equity": 1000}', headers)).toMatchObject({ status: 202 })
  })

  test('is accepted without a trace where the trace is not valid', async () => {
    const before = (await scene.ticks('bot2')).length

    expect(await post('bot2', '{"equity": 1}', { traceparent: 'not\u00e4-trace' })).toMatchObject({ status: 202 })

    const ticks = await eventually(async () => nonEmpty((await scene.ticks('bot2')).slice(before)), { what: TICK })
    expect(ticks[0]?.traceparent).toBe('')
  })
})

async function statusOf(trader: string): Promise<{ readonly waitingTicks: number }> {
  return (await ask('GET', `/api/traders/${trader}`)).body as { waitingTicks: number }
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | null {
  return list.length > 0 ? list : null
}

describe('bad input is refused with a clear error, and reaches no stream:', () => {
  const bodies: readonly (readonly [name: string, body: string | Uint8Array, message: string | RegExp])[] = [
    ['NaN', '{"equity": NaN}', 'the body is not JSON: NaN is not a JSON number'],
    ['Infinity', '{"equity": -Infinity}', /^the body is not JSON: .*Infinity is not a JSON number/],
    ['words', '{"equity": "a lot"}', 'equity must be a decimal like "10250.50", got "a lot"'],
    ['true', '{"equity": true}', 'equity must be a number or a decimal string, got true'],
    ['null', '{"equity": null}', 'equity must be a number or a decimal string, got null'],
    ['a huge number', '{"equity": 1e300}', /^equity must be /],
    ['a number beyond all', '{"equity": 1e999}', /^equity must be /],
    ['1e15', '{"equity": "1000000000000000"}', 'equity must be below 1e15 in size'],
    ['no equity', '{"balance": 1000}', 'equity is missing: send JSON like {"equity": 10250.5}'],
    ['a list', '[1000]', /^the body must be a JSON object/],
    ['a number alone', '1000', /^the body must be a JSON object/],
    ['words alone', 'equity=1000', /^the body is not JSON/],
    ['half of it', '{"equity": 10', /^the body is not JSON/],
    ['nothing', '', /^the body is empty/],
    ['blanks', '  \n', /^the body is empty/],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0x00), 'the body is not UTF-8 text'],
  ]
  const ids: readonly (readonly [name: string, id: string])[] = [
    ['a dot', 'bot.1'],
    ['two dots, encoded', '%2e%2e'],
    ['a star', '*'],
    ['a wildcard', '%3E'],
    ['a slash, encoded', 'bot%2F1'],
    ['a blank', 'bot%201'],
    ['a line break', 'bot%0A1'],
    ['a null', 'bot%001'],
    ['an umlaut', 'b%C3%B6t'],
    ['65 characters', 'a'.repeat(65)],
    ['300 characters', 'a'.repeat(300)],
    ['a half encoding', 'bot%'],
    ['what is no encoding', '%zz'],
    ['bytes that are no text, encoded', '%ff%fe'],
    ['a reserved name', 'settled'],
    ['another reserved name', 'flags'],
    ['a third reserved name', 'limits'],
    ['nothing', ''],
    ['a slash', 'bot/1'],
    ['a colon first', ':bot1'],
  ]
  const whole = '{"equity": 1000}'
  let inputsBefore = 0
  beforeAll(async () => {
    await eventually(async () => (await scene.ticks('replayed')).length === 1, { what: 'the replay to be done' })
    for (const bot of ['bot1', 'bot2'])
      await eventually(async () => (await statusOf(bot)).waitingTicks === 0, { what: bot })
    inputsBefore = await scene.inputCount()
  })
  afterAll(async () => {
    // What had been let in by mistake would come before this one.
    await post('bot1', whole)
    await eventually(async () => (await scene.inputCount()) > inputsBefore, { what: TICK })
    expect(await scene.inputCount()).toBe(inputsBefore + 1)
  })

  test.each(bodies)('an equity of %s', async (_name, body, message) => {
    expect(await post('bot1', body)).toEqual({ status: 400, body: fault('invalid-tick', message) })
  })

  test.each(ids)('a trader id with %s', async (_name, id) => {
    const { status, body } = await post(id, whole)

    expect([400, 404, 414]).toContain(status)
    expect(body).toEqual(fault(expect.any(String), ALWAYS))
  })

  test.each([
    ['2 MB', 2_000_000],
    ['a little more than allowed', 64 * 1024 + 1],
  ])('a body of %s', async (_name, size) => {
    const { status, body } = await post('bot1', whole.padEnd(size))

    expect(status).toBe(413)
    expect(body).toEqual(
      fault('body-too-large', 'the body is larger than 65536 bytes; send less, or raise HTTP_BODY_LIMIT_BYTES'),
    )
  })

  test.each(['x', '-1', '1.5', '10001', '', '1e3'])('a wait of "%s"', async (wait) => {
    expect(await ask('POST', `/api/traders/bot1/equity?wait_ms=${wait}`, whole)).toEqual({
      status: 400,
      body: fault('invalid-wait', 'wait_ms must be a whole number of milliseconds, 0 to 10000'),
    })
  })

  test('equity for a trader that is fed by a replay', async () => {
    expect(await post('replayed', whole)).toEqual({
      status: 409,
      body: fault('fed-by-replay', 'trader "replayed" is driven by a replay and accepts no other equity'),
    })
  })

  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('equity by %s', async (method) => {
    const body = method === 'PUT' || method === 'PATCH' ? whole : null

    expect(await ask(method, '/api/traders/bot1/equity', body)).toEqual({
      status: 404,
      body: fault('not-found', `not found: ${method} /api/traders/bot1/equity`),
    })
  })

  test.each(['/api/traders/bot1/pause', '/api/traders', '/api/limits/bot1', '/api/events'])(
    'what the console answers, with its port: %s',
    async (path) => {
      expect(await ask('POST', path, '{}')).toEqual({
        status: 404,
        body: fault(
          'not-found',
          `not found: POST ${path}; operators ask the console, on CONSOLE_PORT (8080 if not set)`,
        ),
      })
    },
  )

  test('what is no HTTP', async () => {
    const answer = await ask('POST', '/api/traders/bot1/equity', whole, { filler: 'a'.repeat(20_000) })

    expect(answer).toEqual({ status: 431, body: fault('headers-too-large', ALWAYS) })
  })

  test.each(['buy', '', 'enter&intent=reduce', '__proto__'])('an intent "%s"', async (intent) => {
    expect(await ask('GET', `/api/traders/bot1/can-trade?intent=${intent}`)).toEqual({
      status: 400,
      body: fault('invalid-intent', 'intent must be "enter" or "reduce"'),
    })
  })
})

test('a trader is ready once the decisions are read, and names that no guardian is heard', async () => {
  await expect
    .poll(() => ask('GET', '/readyz'))
    .toEqual({
      status: 200,
      body: {
        ready: true,
        checks: { NATS: 'ok', decisions: 'ok' },
        notes: { guardian: expect.stringMatching(/^no risk guardian is heard: .*npm start$/) },
      },
    })
  expect(await ask('GET', '/livez')).toEqual({ status: 200, body: { status: 'ok' } })
  expect(await ask('GET', '/api/traders/bot1')).toEqual({
    status: 200,
    body: {
      id: 'bot1',
      source: 'http',
      version: expect.any(Number),
      canTrade: {
        allowed: false,
        code: 'unknown',
        action: null,
        holders: [],
        reason: expect.any(String),
        until: null,
        budget: null,
        retryAfterMs: null,
        version: 0,
        ageMs: null,
      },
      silentSince: null,
      waitingTicks: 0,
      thinnedTicks: 0,
      obeys: [],
      replay: null,
      sum: null,
    },
  })
})

test('metrics tell of each trader whether its gate is open, and what waits', async () => {
  await eventually(async () => (await statusOf('bot1')).waitingTicks === 0, { what: 'bot1' })

  const lines = (await (await fetch(`${url}/metrics`)).text()).split('\n')

  expect(lines).toContain('trader_gate_open{trader_id="bot1"} 0')
  expect(lines).toContain('trader_ticks_waiting{trader_id="bot1"} 0')
})

test('a trader serves no operators', async () => {
  for (const path of ['/api/feature_flags', '/api/limits', '/api/traders', '/api/events'])
    expect(await ask('GET', path)).toMatchObject({ status: 404 })
})

test('can-trade follows the decisions of a guardian, from the first tick to the breach', async () => {
  const canTrade = async (intent = 'enter') =>
    (await ask('GET', `/api/traders/bot3/can-trade?intent=${intent}`)).body as {
      allowed: boolean
      code: string
      reason: string | null
      retryAfterMs: number | null
    }
  const untilCode = (code: string) => eventually(async () => (await canTrade()).code === code, { what: code })
  expect((await canTrade()).allowed).toBe(false)
  expect((await canTrade('reduce')).allowed).toBe(true)

  const guardian = await scene.start('risk-guardian')
  const judged = (body: string) => ask('POST', '/api/traders/bot3/equity?wait_ms=10000', body)
  expect(await judged('{"equity": 1000}')).toMatchObject({
    status: 200,
    body: {
      allowed: false,
      code: 'unconfirmed',
      retryAfterMs: 1_000,
      decision: { outcome: 'unconfirmed', reason: expect.stringContaining('the next one that agrees') },
      message: null,
    },
  })
  await untilCode('unconfirmed')
  expect(await judged('{"equity": 1000, "seq": 5}')).toMatchObject({
    status: 200,
    body: { decision: { outcome: 'judged', reason: null } },
  })
  await untilCode('ok')
  expect(await canTrade()).toMatchObject({
    version: 2,
    ageMs: expect.any(Number),
    budget: { room: '100', limit: 'max_daily_loss', factor: '1' },
  })
  expect(await judged('{"equity": 1000, "seq": 5}')).toMatchObject({
    status: 200,
    body: { allowed: true, code: 'ok', version: 3, decision: { outcome: 'rejected', reason: 'seq 5 was sent before' } },
  })
  expect(await judged('{"equity": 900}')).toMatchObject({
    status: 200,
    body: { allowed: false, code: 'limit', version: 4, decision: { outcome: 'judged', version: 4 } },
  })

  expect(await canTrade()).toMatchObject({
    allowed: false,
    action: 'block-entries',
    holders: ['limit:max_daily_loss'],
    reason: expect.stringContaining('max_daily_loss'),
  })
  expect((await canTrade('reduce')).allowed).toBe(true)
  await guardian.stop()
})

test('a bot that falls silent is named, its gate blocks entries until it is heard again, and the service stays ready', async () => {
  const canTrade = async () =>
    (await ask('GET', '/api/traders/bot2/can-trade')).body as { allowed: boolean; reason: string | null }
  const guardian = await scene.start('risk-guardian')
  await scene.publish(subjects.control('limits', 'bot2'), '{"stale_after_seconds": 1, "confirm_jump": null}')
  await post('bot2', '{"equity": 1000}')

  const silent = async () => ((await canTrade()).reason?.startsWith('no equity has been reported since') ? true : null)
  await eventually(silent, { what: 'bot2 to be silent' })
  const { silentSince } = (await ask('GET', '/api/traders/bot2')).body as { silentSince: string }
  expect(Date.parse(silentSince)).toBeLessThan(Date.now())
  expect(await ask('GET', '/api/traders/bot2/can-trade?intent=reduce')).toMatchObject({ body: { allowed: true } })
  // While a slow machine keeps the guardian from being heard, it is not ready for that.
  await expect
    .poll(() => ask('GET', '/readyz'), { timeout: 30_000 })
    .toMatchObject({
      status: 200,
      body: { ready: true, notes: { silent: `no equity from bot2 since ${silentSince}` } },
    })

  await eventually(
    async () => {
      await post('bot2', '{"equity": 1000}')
      const { body } = await ask('GET', '/api/traders/bot2')
      const { canTrade: verdict, silentSince: since } = body as { canTrade: { allowed: boolean }; silentSince: unknown }
      return verdict.allowed && since === null
    },
    { what: 'the gate to open again' },
  )
  await guardian.stop()
})

test('a log that holds what cannot be read as a decision ends the service', async () => {
  scene.answers(true)
  await scene.publish(subjects.out('breach', 'bot4'), '{"schema": 2}')

  const refusing = await scene.spawn('trader', { traders: { bot4: {} } })

  expect(await refusing.exited).toEqual({ code: 1, signal: null })
})

test('a service without traders is ready', async () => {
  const idle = await scene.start('trader', {})

  await eventually(async () => (await fetch(`${await idle.url()}/readyz`)).ok, { what: 'the service to be ready' })
  await idle.stop()
})
