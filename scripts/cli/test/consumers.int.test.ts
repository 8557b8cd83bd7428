import { durables, streams } from '@drawbridge/contracts'
import { connectNats } from '@drawbridge/nats'
import { createLogger, provision } from '@drawbridge/service-kit'
import { loadConfig } from '@drawbridge/settings'
import { infrastructure, resetStreams } from '@drawbridge/testing'
import { runCommandWith, spawnCommandWith } from '@drawbridge/testing/run-command'
import { AckPolicy, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { type NatsConnection, nanos } from '@nats-io/transport-node'
import { afterAll, beforeAll, expect, test } from 'vitest'

/** Not forgotten while the tests run. */
const LASTING = { ack_policy: AckPolicy.None, inactive_threshold: nanos(600_000) } as const

let connection: NatsConnection
let manager: JetStreamManager

beforeAll(async () => {
  connection = await connectNats(infrastructure().natsUrl, 'test', createLogger('test', 'silent'))
  await resetStreams(connection)
  const config = loadConfig({}, null)
  if (!config.ok) throw new Error(config.reason)
  await provision(connection, config.value)
  manager = await jetstreamManager(connection)
  await manager.consumers.add(streams.risk, { durable_name: durables.persister, ack_policy: AckPolicy.Explicit })
  for (const name of ['a', 'b']) {
    await manager.consumers.add(streams.risk, { name, filter_subject: 'risk.breach.*', ...LASTING })
  }
  await manager.consumers.add(streams.inputs, { name: 'c', ...LASTING })
})
afterAll(() => connection.close())

const run = (...args: readonly string[]) => runCommandWith({}, 'consumers', ...args)
const names = async () => {
  const { stdout } = await run('--json')
  return (JSON.parse(stdout) as { consumers: { name: string }[] }).consumers.map(({ name }) => name).toSorted()
}

test('every consumer is listed, with its stream, filter, times and what it has still to bring', async () => {
  const { code, stdout } = await spawnCommandWith({}, 'consumers')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ +name +stream +filter +created +last active +pending$/m)
  expect(stdout).toMatch(/^ +a +RISK +risk\.breach\.\* +\d{4}-[^ ]+Z +never +0$/m)
  expect(stdout).toContain('4 consumers')
})

test('of one stream alone, as JSON', async () => {
  const { stdout } = await run('--stream', 'INPUTS', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ consumers: [{ name: 'c', stream: 'INPUTS', filter: '', pending: 2 }] })
})

test('one is deleted by its name, and no other', async () => {
  expect(await run('--delete', 'a')).toMatchObject({ code: 0, stdout: 'deleted consumer a of RISK\n' })
  expect(await names()).toEqual(['b', 'c', 'persister'])
})

test.each([
  ['the consumer of the persisters', ['--delete', 'persister'], 2, 'it is never deleted'],
  ['a consumer that there is not', ['--delete', 'nobody'], 1, 'RISK has no consumer nobody'],
  ['a consumer of another stream', ['--delete', 'c'], 1, 'RISK has no consumer c'],
  ['all at once', ['--delete', '*'], 2, 'the name of one consumer'],
  ['a stream that there is not', ['--stream', 'X'], 2, 'INPUTS or RISK'],
])('%s is refused', async (_name, args, code, said) => {
  const before = await names()
  const finished = await run(...args)
  expect(finished.code).toBe(code)
  expect(finished.stderr).toContain(said)
  expect(await names()).toEqual(before)
})
