import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { docker } from './docker.ts'
import { Load } from './plain-client.ts'
import { Stack } from './stack.ts'

let stack: Stack
let load: Load

beforeAll(async () => {
  stack = await Stack.open('cluster', ['infra/compose/cluster.env'])
})

afterAll(() => stack?.close())

interface StreamDetail {
  readonly name: string
  readonly cluster: { readonly leader?: string; readonly replicas?: readonly object[] }
}

/** What one of the servers says of the streams. */
async function streamsBy(service: string): Promise<readonly StreamDetail[]> {
  const url = 'http://127.0.0.1:8222/jsz?accounts=true&streams=true'
  const told = JSON.parse(await stack.compose(['exec', '-T', service, 'wget', '-q', '-O', '-', url]))
  return told.account_details.flatMap(
    (account: { stream_detail?: readonly StreamDetail[] }) => account.stream_detail ?? [],
  )
}

/** The service that leads the risk log; empty where nobody does. */
async function leader(asked: string): Promise<string> {
  const risk = (await streamsBy(asked)).find(({ name }) => name === 'RISK')
  return (risk?.cluster.leader ?? '').replace(/^nats-1$/, 'nats')
}

const ticksIn = (service: string) =>
  stack.sql(`SELECT count(DISTINCT tick_seq) FROM risk_state_history WHERE trader_id = '${load.trader}'`, service)

test('three servers keep each stream three times', async () => {
  await stack.up()
  expect(await stack.natsServers()).toEqual(['nats', 'nats-2', 'nats-3'])
  // A server that does not lead a stream knows its replicas, but not their progress.
  const copies = async () => {
    const kept = await streamsBy('nats')
    return kept.map(({ cluster }) => 1 + (cluster.replicas?.length ?? 0)).join() === '3,3,3'
  }
  await eventually(copies, { timeoutMs: 30_000, what: 'three copies of each stream' })
})

test('the server that leads the log is killed under load, and nothing is lost', async () => {
  load = await Load.start(stack, 'load1')
  const killed = await leader('nats')
  const [container] = await stack.containers(killed)
  await docker(['kill', container?.Id ?? ''])
  const another = killed === 'nats' ? 'nats-2' : 'nats'
  await eventually(async () => ![killed, ''].includes(await leader(another)), {
    timeoutMs: 60_000,
    what: 'another server to lead',
  })
  await load.more(10)
  await docker(['start', container?.Id ?? ''])
  await stack.healthy(killed)
  await load.more(2)

  const stored = await load.stop()
  const complete = async () => Number(await ticksIn('timescale')) === stored
  await eventually(complete, { timeoutMs: 60_000, what: `${stored} ticks to be in the history` })
  expect(await stack.once('drawbridge', 'verify')).toContain('No differences')
})

test('the replica has the same history, and takes no writes', async () => {
  const same = async () => (await ticksIn('timescale-replica')) === (await ticksIn('timescale'))
  await eventually(same, { what: 'the replica to have caught up' })
  expect(await stack.sql('SELECT pg_is_in_recovery()', 'timescale-replica')).toBe('t')
  await expect(stack.sql('DELETE FROM risk_state_history', 'timescale-replica')).rejects.toThrow('read-only')
})

test('docker compose down leaves nothing behind but data', async () => {
  await stack.down()
  expect(await stack.leftovers()).toEqual([])
})
