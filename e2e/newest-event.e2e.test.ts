import { connectTrader } from '@drawbridge/client'
import { jetStreamApi, streams, subjects } from '@drawbridge/contracts'
import { requestedType } from '@drawbridge/nats'
import { startGuardian } from '@drawbridge/risk-guardian'
import { createLogger, provision } from '@drawbridge/service-kit'
import { eventually, type ServiceHere, startHere, validConfig } from '@drawbridge/testing'
import { AckPolicy, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { createInbox, type Msg, type NatsConnection, nanos } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type SecuredNats, startSecuredNats } from './security/secured-nats.ts'

const log = createLogger('test', 'silent')

describe('a bot with its own user', () => {
  let nats: SecuredNats
  let guardian: ServiceHere
  let admin: NatsConnection
  let manager: JetStreamManager
  let bot: NatsConnection

  const startOne = () =>
    startHere(startGuardian, { NATS_URL: nats.url, NATS_NKEY_SEED_FILE: nats.seedFile('guardian') })

  beforeAll(async () => {
    nats = await startSecuredNats(['own1', 'other1'])
    admin = await nats.connect('admin', { inboxPrefix: '_INBOX_admin' })
    manager = await jetstreamManager(admin)
    const config = validConfig({}, { NATS_NKEY_SEED_FILE: nats.seedFile('admin') })
    await provision(admin, config)
    guardian = await startOne()
    bot = await nats.connect('bot-own1')
    const writer = await nats.connect('trader')
    for (const trader of ['own1', 'other1']) await jetstream(writer).publish(subjects.tick(trader), '{"equity": 1000}')
    await eventually(async () => (await newest('own1')).data.length > 0, { what: 'the decision' })
    await writer.close()
  }, 60_000)
  afterAll(async () => {
    await guardian?.stop()
    await bot?.close()
    await admin?.close()
    await nats?.close()
  })

  const newest = (trader: string, body = '') => bot.request(subjects.newest(trader), body, { timeout: 2_000 })
  const ends = async () => {
    const infos = await Promise.all([streams.inputs, streams.risk].map((name) => manager.streams.info(name)))
    return infos.map(({ state }) => state.last_seq)
  }
  const consumers = async () => (await manager.streams.info(streams.risk)).state.consumer_count

  test('gets the newest decision on its own trader, with its sequence', async () => {
    const { headers, data } = await newest('own1')

    expect(JSON.parse(Buffer.from(data).toString())).toMatchObject({ trader: 'own1', version: 1, type: 'assessed' })
    expect(headers?.get('Nats-Subject')).toBe(subjects.event('assessed', 'own1'))
    expect(Number(headers?.get('Nats-Sequence'))).toBeGreaterThan(0)
    expect(headers?.get('Drawbridge-Log')).toBe((await manager.streams.info(streams.risk)).created)
  })

  test('gets an empty answer for a type without a decision, and none if it names no type', async () => {
    expect((await newest('own1', 'breach')).data).toHaveLength(0)
    expect(requestedType('config').ok).toBe(false)
    await expect(newest('own1', 'config')).rejects.toThrow()
  })

  test('is told nothing of another trader', async () => {
    await expect(newest('other1')).rejects.toThrow()
  })

  test('cannot have an answer written into a log, nor sent where others listen', async () => {
    const before = await ends()
    const heard: string[] = []
    const operator = await nats.connect('operator')
    operator.subscribe(subjects.storedAll, { callback: (_error, { subject }: Msg) => void heard.push(subject) })
    await operator.flush()
    for (const target of [
      subjects.out('resumed', 'own1'),
      subjects.event('resumed', 'own1'),
      subjects.tick('other1'),
      subjects.commandFlags('operator'),
      '_INBOX_guardian.a.1',
      '_INBOX_admin.a.1',
    ]) {
      bot.publish(subjects.newest('own1'), '', { reply: target })
    }
    // Requests are answered in turn, so answers to the others have arrived by then.
    for (let count = 0; count < 3; count += 1) await newest('own1')
    await operator.flush()

    expect(await ends()).toEqual(before)
    expect(heard).toEqual([])
    await operator.close()
  })

  test('that asks without end keeps nobody else from an answer', async () => {
    const other = await nats.connect('bot-other1')
    const reply = createInbox()
    const ask = () => {
      for (let count = 0; count < 500; count += 1) bot.publish(subjects.newest('own1'), '', { reply })
    }
    const flood = setInterval(ask, 20)
    try {
      for (let count = 0; count < 5; count += 1) {
        const answer = await other.request(subjects.newest('other1'), '', { timeout: 5_000 })
        expect(answer.data.length).toBeGreaterThan(0)
      }
    } finally {
      clearInterval(flood)
      await other.close()
    }
  })

  test('makes no consumer, by any request that makes one', async () => {
    const before = await consumers()
    const log = subjects.traderLog('own1')
    const config = { name: 'mine', filter_subject: log, ack_policy: AckPolicy.None, mem_storage: true }
    const body = JSON.stringify({ stream_name: streams.risk, config, action: 'create' })
    for (const subject of [
      jetStreamApi.createUnnamedConsumer(streams.risk),
      jetStreamApi.createConsumer(streams.risk, 'mine'),
      jetStreamApi.createFilteredConsumer(streams.risk, 'mine', log),
      `$JS.API.CONSUMER.DURABLE.CREATE.${streams.risk}.mine`,
    ]) {
      await expect(bot.request(subject, body, { timeout: 500 })).rejects.toThrow()
    }

    expect(await consumers()).toBe(before)
  })

  test('that tries to use up the consumers of RISK keeps no guardian from starting', async () => {
    const log = subjects.traderLog('own1')
    for (let count = 0; count < 2_000; count += 1) {
      const config = { name: `c${count}`, filter_subject: log, ack_policy: AckPolicy.None }
      const subject = jetStreamApi.createFilteredConsumer(streams.risk, config.name, log)
      bot.publish(subject, JSON.stringify({ stream_name: streams.risk, config }), { reply: createInbox() })
    }
    await bot.flush()

    const second = await startOne()
    await second.stop()
    expect(await consumers()).toBeLessThan(10)
  })

  test('holds a gate that makes no consumer', async () => {
    const before = await consumers()
    const trader = await connectTrader('own1', {
      natsUrl: nats.url,
      natsFiles: { seedFile: nats.seedFile('bot-own1') },
      log,
    })
    await eventually(() => trader.gate.canTrade().allowed, { what: 'the gate to open' })
    trader.report(500)
    await eventually(() => !trader.gate.canTrade().allowed, { what: 'the gate to close' })

    expect(await consumers()).toBe(before)
    await trader.close()
  })

  test('where somebody has used up the consumers, a guardian that starts says so, and with what they are deleted', async () => {
    const admins = await jetstreamManager(admin)
    const made: string[] = []
    await expect(
      (async () => {
        for (let count = 0; count < 2_000; count += 1) {
          await admins.consumers.add(streams.risk, {
            name: `used${count}`,
            ack_policy: AckPolicy.None,
            mem_storage: true,
            // By default one that nobody uses is gone after 5 s, before the last one is made.
            inactive_threshold: nanos(600_000),
          })
          made.push(`used${count}`)
        }
      })(),
    ).rejects.toThrow('maximum consumers limit reached')

    await expect(startOne()).rejects.toThrow('npm run drawbridge -- consumers')

    for (const name of made) await admins.consumers.delete(streams.risk, name)
    await (await startOne()).stop()
    // A running process continues: guardians answer its gates.
    expect((await newest('own1')).data.length).toBeGreaterThan(0)
  })

  test('is told nothing where the log is damaged: no guardian starts by it', async () => {
    await guardian.stop()
    await jetstream(admin).publish(subjects.outConfig('flags'), 'damaged')

    await expect(startOne()).rejects.toThrow('can no longer follow stream RISK')

    await expect(newest('own1')).rejects.toThrow()
  })
})
