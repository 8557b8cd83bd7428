import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runDrawbridge } from '@drawbridge/cli'
import { type ConnectedTrader, connectTrader } from '@drawbridge/client'
import { streams, subjects } from '@drawbridge/contracts'
import { Rejects } from '@drawbridge/service-kit'
import { callProgram, EventListener, eventually, spawnProgram, spawnService } from '@drawbridge/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { query } from './history.ts'
import { makeWorkFolder } from './npm-start.ts'
import { createSecuredDatabase, type SecuredDatabase } from './security/secured-database.ts'
import { type SecuredNats, startSecuredNats } from './security/secured-nats.ts'

const PROVISION = fileURLToPath(new URL('../scripts/provision.ts', import.meta.url))

describe('the whole system, each part with its least permissions', () => {
  let nats: SecuredNats
  let database: SecuredDatabase
  let folder: Awaited<ReturnType<typeof makeWorkFolder>>
  let operator: NatsConnection
  let bot: ConnectedTrader
  let traderUrl: string
  let consoleUrl: string
  const env = (user: string, databaseUser: 'writer' | 'reader' = 'reader') => ({
    NATS_URL: nats.url,
    NATS_NKEY_SEED_FILE: nats.seedFile(user),
    DATABASE_URL: database.urlOf(databaseUser),
    CONFIG_FILE: join(folder.path, 'config.json'),
    LOG_LEVEL: 'info',
  })
  const drawbridge = (...words: readonly string[]) =>
    callProgram((context) => runDrawbridge(words, context), env('admin'))

  beforeAll(async () => {
    nats = await startSecuredNats(['own1'])
    database = await createSecuredDatabase()
    folder = await makeWorkFolder()
    const limits = { confirm_jump: null, stale_after_seconds: null }
    await writeFile(join(folder.path, 'config.json'), JSON.stringify({ limits, traders: { bot1: {}, bot2: {} } }))
    const created = expect.stringMatching(/^Created .*RISK/)
    expect(await spawnProgram(PROVISION, [], env('admin'))).toEqual({ code: 0, stdout: created, stderr: '' })
    spawnService('risk-guardian', env('guardian'))
    spawnService('persister', env('persister', 'writer'))
    const consoleService = spawnService('console', env('console'))
    traderUrl = await spawnService('trader', env('trader')).url()
    consoleUrl = await consoleService.url()
    operator = await nats.connect('operator')
    bot = await connectTrader('own1', { natsUrl: nats.url, natsFiles: { seedFile: nats.seedFile('bot-own1') } })
  }, 120_000)

  afterAll(async () => {
    await bot?.close()
    await operator?.close()
    await nats?.close()
    await database?.drop()
    await folder?.remove()
  })

  const report = (trader: string, equity: number) =>
    fetch(`${traderUrl}/api/traders/${trader}/equity`, { method: 'POST', body: JSON.stringify({ equity }) })
  const eventTypes = async (trader: string) => {
    const rows = await query<{ event_type: string }>(
      database.urlOf('reader'),
      'SELECT event_type FROM risk_state_history WHERE trader_id = $1 ORDER BY version',
      [trader],
    )
    return rows.map(({ event_type }) => event_type)
  }

  test('a tick through the trader service becomes a decision, opens its gate, and is a row', async () => {
    await report('bot1', 1000)

    await eventually(async () => (await eventTypes('bot1')).includes('assessed'), { what: 'the row' })
    const answer = await eventually(
      async () => {
        const gate = (await (await fetch(`${traderUrl}/api/traders/bot1/can-trade`)).json()) as { allowed: boolean }
        return gate.allowed
      },
      { what: 'the gate to open' },
    )
    expect(answer).toBe(true)
  })

  test('a bot with its own user reports and has its gate', async () => {
    bot.report(1000)
    await eventually(() => bot.gate.canTrade().allowed, { what: 'the gate to open' })

    bot.report(500)

    await eventually(() => !bot.gate.canTrade().allowed, { what: 'the gate to close' })
    await eventually(async () => (await eventTypes('own1')).at(-1) === 'breach', { what: 'the breach in the history' })
  })

  test('an operator pauses a trader, and a wake-up of the guardian ends the pause', async () => {
    const until = new Date(Date.now() + 1_500).toISOString()
    await jetstream(operator).publish(
      subjects.command('operator', 'pause', 'bot1'),
      JSON.stringify({ reason: 'test', until, by: 'alice' }),
    )

    await eventually(async () => (await eventTypes('bot1')).includes('paused'), { what: 'the pause' })
    const [paused] = await query<{ facts: unknown }>(
      database.urlOf('reader'),
      "SELECT detail->'facts' AS facts FROM risk_state_history WHERE trader_id = 'bot1' AND event_type = 'paused'",
    )
    expect(paused?.facts).toMatchObject([{ kind: 'paused', by: 'operator', onBehalfOf: 'alice' }])
    await eventually(async () => (await eventTypes('bot1')).at(-1) === 'resumed', { what: 'the end of the pause' })
  })

  test('the console shows what guardians and persisters measure', async () => {
    const measured = [
      /^risk_trading_paused\{trader_id="bot1"\} \d/m,
      /^risk_persistence_attempts_total\{trader_id="bot1"\} \d/m,
    ]
    const isShown = async () => {
      const text = await (await fetch(`${consoleUrl}/metrics`)).text()
      return measured.every((line) => line.test(text))
    }
    await eventually(isShown, { what: 'the values of both' })
  })

  test('the console commands, reads, explains and tells, all as the user of that service', async () => {
    const ask = async (path: string, body?: object) => {
      const command = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
      const answer = await fetch(`${consoleUrl}/api/${path}`, command)
      const content = (await answer.json()) as { readonly event?: { readonly version: number } }
      return { status: answer.status, body: content }
    }
    const one = await EventListener.open(`${consoleUrl}/api/events?trader=bot1`, {})
    const several = await EventListener.open(`${consoleUrl}/api/events?type=paused,flags`, {})
    try {
      const flags = await ask('feature_flags', { enable_risk_enforcement: true })
      expect(flags).toMatchObject({ status: 200, body: { event: { type: 'flags' } } })
      const paused = await ask('traders/bot1/pause', { reason: 'by HTTP' })
      expect(paused).toMatchObject({ status: 200, body: { event: { type: 'paused' } } })
      const version = paused.body.event?.version ?? 0
      await eventually(() => one.events.length === 1 && several.events.length === 2, { what: 'the events to be told' })
      expect(one.events).toMatchObject([{ event: { type: 'paused', version } }])
      expect(several.events).toMatchObject([{ event: { type: 'flags' } }, { event: { type: 'paused', version } }])

      expect(await ask('traders')).toMatchObject({ status: 200, body: { traders: expect.any(Array) } })
      expect(await ask(`traders/bot1/events?from=${version}`)).toMatchObject({
        status: 200,
        body: { events: [{ event: { version } }] },
      })
      expect(await ask(`traders/bot1/explain/${version}`)).toMatchObject({
        status: 200,
        body: { input: { subject: subjects.command('http', 'pause', 'bot1') } },
      })
      const resumed = await ask('traders/bot1/resume', { reason: 'by HTTP' })
      expect(resumed).toMatchObject({ status: 200, body: { event: { type: 'resumed' } } })
    } finally {
      one.close()
      several.close()
    }
  })

  test('what no log can hold comes into REJECTS, from the guardian and from the persister', async () => {
    const trader = await nats.connect('trader')
    const persister = await nats.connect('persister')
    const admin = await nats.connect('admin', { inboxPrefix: '_INBOX_admin' })
    try {
      await jetstream(trader).publish(subjects.tick('flags'), '{"equity": 1}')
      const event = { subject: 'risk.assessed.bot1', seq: 1, payload: new Uint8Array(), traceparent: '' }
      await new Rejects(persister, streams.risk).keep(event, 'the database refuses it')

      const manager = await jetstreamManager(admin)
      const counts = async () => {
        const { state } = await manager.streams.info(streams.rejects, { subjects_filter: '>' })
        return [streams.inputs, streams.risk].map((stream) => state.subjects?.[subjects.rejects(stream)])
      }
      await eventually(async () => (await counts()).every((count) => count === 1), { what: 'both rejects' })
    } finally {
      await trader.close()
      await persister.close()
      await admin.close()
    }
  })

  test('an operator switches persistence off and on', async () => {
    const rows = (await eventTypes('bot2')).length
    const flags = async (on: boolean) => {
      const answer = jetstream(operator).publish(
        subjects.commandFlags('operator'),
        JSON.stringify({ enable_persistence: on, by: 'operator' }),
      )
      await answer
    }
    await flags(false)
    const admin = await nats.connect('admin', { inboxPrefix: '_INBOX_admin' })
    const manager = await jetstreamManager(admin)
    const pulls = async () => (await manager.consumers.info(streams.risk, 'persister')).num_waiting
    await eventually(async () => (await pulls()) === 0, { what: 'the persister to stop' })
    await report('bot2', 1000)
    await eventually(async () => (await manager.consumers.info(streams.risk, 'persister')).num_pending > 0, {
      what: 'an event to wait in the log',
    })
    await admin.close()
    expect(await eventTypes('bot2')).toHaveLength(rows)

    await flags(true)

    await eventually(async () => (await eventTypes('bot2')).length === rows + 1, { what: 'the row' })
  })

  test('verify reads the log as admin and finds no difference', async () => {
    const verified = await drawbridge('verify')

    expect(verified.stdout, verified.stderr).toMatch(/^No differences/)
    expect(verified.code).toBe(0)
  })

  test('the server had nothing to refuse', async () => {
    expect(await nats.complaints()).toEqual([])
  })

  test('doctor looks at all of it as admin, and tries what admin may not', async () => {
    const looked = await drawbridge('doctor')

    expect(looked.stdout, looked.stderr).toContain('has everything')
  })
})
