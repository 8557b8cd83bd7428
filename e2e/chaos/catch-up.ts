import { eventually } from '@drawbridge/testing/processes'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import pg from 'pg'
import { sendByHttp, sendByNats } from './load/bots.ts'
import type { ClientLog } from './load/client-log.ts'
import type { ChaosSystem } from './system.ts'

const CATCHES_UP_WITHIN_MS = 120_000

/** Larger than the count of any bot. */
const LAST_TICK = 1_000_000_000
const LAST_EQUITY = '900'

interface Scene {
  readonly system: ChaosSystem
  readonly connection: NatsConnection
  readonly log: ClientLog
}

/** Each trader reports again. Waits until these reports and all earlier inputs are decided and stored. */
export async function catchUp(
  scene: Scene,
  { byHttp, byNats }: { readonly byHttp: readonly string[]; readonly byNats: readonly string[] },
): Promise<void> {
  const last = new Map<string, number>()
  for (const trader of byHttp) last.set(trader, await lastByHttp(scene, trader))
  for (const trader of byNats) last.set(trader, await lastByNats(scene, trader))
  await untilStored(scene, last)
}

/** Through the endpoint of the trader's other ticks, so that ticks waiting in the service are sent first. */
async function lastByHttp({ system, connection, log }: Scene, trader: string): Promise<number> {
  const sentAt = Date.now()
  const tick = { trader, tickSeq: LAST_TICK, equity: LAST_EQUITY, sentAt, inputSeq: null }
  const accepted = await sendByHttp(system.traderUrl, trader, LAST_TICK, LAST_EQUITY)
  if (accepted === undefined) throw new Error(`the trader service does not take a tick of ${trader}`)
  log.ticks.push(tick)
  const manager = await jetstreamManager(connection)
  const offset = log.inputsOffset ?? 0
  const arrived = async () => {
    const newest = await manager.streams.getMessage('INPUTS', { last_by_subj: `equity.tick.${trader}` })
    return newest?.json<{ seq: number }>().seq === LAST_TICK && newest.seq + offset
  }
  return eventually(arrived, { timeoutMs: CATCHES_UP_WITHIN_MS, what: `the last tick of ${trader} to be in INPUTS` })
}

async function lastByNats({ connection, log }: Scene, trader: string): Promise<number> {
  const sentAt = Date.now()
  const acknowledged = await sendByNats(connection, trader, LAST_TICK, LAST_EQUITY, `${trader}-last`)
  if (acknowledged === undefined) throw new Error(`JetStream does not acknowledge a tick of ${trader}`)
  const inputSeq = acknowledged + (log.inputsOffset ?? 0)
  log.ticks.push({ trader, tickSeq: LAST_TICK, equity: LAST_EQUITY, sentAt, inputSeq })
  return inputSeq
}

/** @param last the last input of each trader, by its sequence */
async function untilStored({ system, connection }: Scene, last: ReadonlyMap<string, number>): Promise<void> {
  const manager = await jetstreamManager(connection)
  const newest = async (trader: string) => {
    const found = await manager.streams.getMessage('RISK', { last_by_subj: `risk.*.${trader}` })
    return found?.json<{ version: number; inputSeq: number }>() ?? { version: 0, inputSeq: 0 }
  }
  const client = new pg.Client({ connectionString: system.databaseUrl, query_timeout: 10_000 })
  await client.connect()
  try {
    for (const [trader, inputSeq] of last) {
      const decided = async () => (await newest(trader)).inputSeq >= inputSeq
      await eventually(decided, { timeoutMs: CATCHES_UP_WITHIN_MS, what: `input ${inputSeq} to be decided` })
      const { version } = await newest(trader)
      const stored = async () => {
        const { rows } = await client.query('SELECT 1 FROM risk_state WHERE trader_id = $1 AND version >= $2', [
          trader,
          version,
        ])
        return rows.length > 0
      }
      const what = `version ${version} of ${trader} to be in risk_state`
      await eventually(stored, { timeoutMs: CATCHES_UP_WITHIN_MS, what })
    }
    // The newest event may be stored before others that a persister had when it was frozen or killed.
    await untilAllStored(manager)
  } finally {
    await client.end()
  }
}

/** Waits until the persisters have stored and acknowledged all of RISK. */
export async function untilAllStored(manager: JetStreamManager): Promise<void> {
  const areAllAcked = async () => {
    const { num_pending: waiting, num_ack_pending: inHand } = await manager.consumers.info('RISK', 'persister')
    return waiting + inHand === 0
  }
  await eventually(areAllAcked, { timeoutMs: CATCHES_UP_WITHIN_MS, what: 'the persisters to have stored all of RISK' })
}
