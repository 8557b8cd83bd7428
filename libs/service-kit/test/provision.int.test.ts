import { encodeConfigEvent, subjects } from '@drawbridge/contracts'
import { connectNats, followStream, requireStreams } from '@drawbridge/nats'
import { BUILT_IN_CONFIGURATION, decideConfiguration } from '@drawbridge/risk-engine'
import { type Config, loadConfig } from '@drawbridge/settings'
import { infrastructure, resetStreams } from '@drawbridge/testing'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createLogger } from '../src/log.ts'
import { provision } from '../src/provision.ts'

let connection: NatsConnection

beforeAll(async () => {
  connection = await connectNats(infrastructure().natsUrl, 'provision test', createLogger('test', 'silent'))
})
afterAll(() => connection?.close())
beforeEach(() => resetStreams(connection))

function config(file: object): Config {
  const read = loadConfig({}, JSON.stringify(file))
  if (!read.ok) throw new Error(read.reason)
  return read.value
}

/** What the risk log says that it is bound to. */
async function bindings(): Promise<unknown[]> {
  const events: unknown[] = []
  const follower = await followStream(connection, {
    stream: 'RISK',
    filterSubjects: [subjects.config('settled')],
    start: { from: 1 },
    onMessage: (message) => events.push(message.json()),
    onLost: () => undefined,
  })
  await follower.caughtUp
  follower.stop()
  return events
}

test('streams and the first configuration are made once, however many provision at once', async () => {
  const results = await Promise.all([1, 2, 3, 4].map(() => provision(connection, config({}))))
  const manager = await jetstreamManager(connection)
  const inputs = await manager.streams.info('INPUTS', { subjects_filter: '>' })
  expect(inputs.state.subjects).toEqual({ 'control.flags': 1, 'control.limits': 1 })
  expect(results.filter(({ configured }) => configured).length).toBeGreaterThan(0)
  expect(await provision(connection, config({}))).toEqual({
    created: [],
    configured: false,
    differences: [],
    use: 'bound',
  })
  expect(await bindings()).toMatchObject([{ settled: 0, inputsCreated: inputs.created }])
})

test('an input log of an earlier version takes the commands of this one, and what it took before', async () => {
  await provision(connection, config({}))
  const manager = await jetstreamManager(connection)
  await manager.streams.update('INPUTS', { subjects: ['equity.>', 'control.>', 'mine.>'] })

  await provision(connection, config({}))

  const { config: after } = await manager.streams.info('INPUTS')
  expect([...after.subjects].sort()).toEqual(['command.>', 'control.>', 'equity.>', 'mine.>'])
})

test('an input log of an earlier version forgets message ids as early as one of today, unless somebody chose another time', async () => {
  await provision(connection, config({}))
  const manager = await jetstreamManager(connection)
  const windowAfter = async (seconds: number) => {
    await manager.streams.update('INPUTS', { duplicate_window: seconds * 1_000_000_000 })
    await provision(connection, config({}))
    return (await manager.streams.info('INPUTS')).config.duplicate_window / 1_000_000_000
  }
  expect(await windowAfter(120)).toBe(10)
  expect(await windowAfter(30)).toBe(30)
})

test('a risk log that is recreated beside older inputs is left for an operator to adopt', async () => {
  await provision(connection, config({}))
  const manager = await jetstreamManager(connection)
  await manager.streams.purge('INPUTS')
  await manager.streams.delete('RISK')
  for (const created of [['RISK'], []]) {
    expect(await provision(connection, config({}))).toMatchObject({ created, configured: false, use: 'unbound' })
  }
  expect((await manager.streams.info('RISK')).state.last_seq).toBe(0)
  expect((await manager.streams.info('INPUTS')).state.messages).toBe(0)
})

test('a first risk log beside the history of another one says that it waits to be adopted', async () => {
  const knownLog = async () => '2026-01-01T00:00:00Z'
  for (const created of [['RISK', 'REJECTS', 'INPUTS'], []]) {
    const provisioned = await provision(connection, config({}), 1, knownLog)
    expect(provisioned).toMatchObject({ created, configured: false, use: 'adopting' })
  }
  expect(await bindings()).toMatchObject([{ adopting: true, continues: ['2026-01-01T00:00:00Z'] }])
})

test('a risk log that the history was made from, empty or not, is no other one', async () => {
  const manager = await jetstreamManager(connection)
  const knownLog = async () => (await manager.streams.info('RISK')).created
  expect(await provision(connection, config({}), 1, knownLog)).toMatchObject({ configured: true, use: 'bound' })
  const other = async () => '2026-01-01T00:00:00Z'
  expect(await provision(connection, config({}), 1, other)).toMatchObject({ created: [], use: 'bound' })
})

test('the risk log can be neither deleted from nor purged', async () => {
  await provision(connection, config({}))
  const manager = await jetstreamManager(connection)
  const { seq } = await jetstream(connection).publish('guardian.out.assessed.bot1', '{}')
  await expect(manager.streams.deleteMessage('RISK', seq)).rejects.toThrow(/delete/)
  await expect(manager.streams.purge('RISK')).rejects.toThrow(/purge/)
})

test('what the settings say otherwise than the log is told, and the log stays', async () => {
  await provision(connection, config({}))
  const change = {
    kind: 'limits',
    limits: { maxDailyLossPct: 500_000_000n },
    traders: { bot1: { stopTradingMinutes: 30 } },
    maxTraders: null,
    reason: null,
    by: null,
  } as const
  const event = decideConfiguration(BUILT_IN_CONFIGURATION, change, 2, Date.parse('2026-01-01T00:00:00Z'))
  await jetstream(connection).publish(subjects.outConfig('limits'), encodeConfigEvent(event))
  const { differences } = await provision(connection, config({ limits: { max_drawdown: 15 }, traders: { bot1: {} } }))
  expect(differences).toEqual([
    { setting: 'limits.max_daily_loss', inForce: '5', wanted: '10', comesAt: null },
    { setting: 'limits.max_drawdown', inForce: '20', wanted: '15', comesAt: null },
    { setting: 'traders.bot1.limits.stop_trading_minutes', inForce: 30, wanted: 60, comesAt: null },
  ])
})

test('a missing stream is refused with what to do', async () => {
  await expect(requireStreams(connection, ['RISK'])).rejects.toThrow('npm run provision')
})
