import { setTimeout as delay } from 'node:timers/promises'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { untilAllStored } from './catch-up.ts'
import { readInputs, readInputsOffset, readRisk } from './check/read-evidence.ts'
import type { ClientLog } from './load/client-log.ts'
import { keepInSmallBlocks } from './store-damage.ts'
import type { ChaosSystem } from './system.ts'

interface Scene {
  readonly system: ChaosSystem
  readonly log: ClientLog
  readonly say: (line: string) => void
}

/** By then, the last acknowledgement of a deleted stream has arrived. */
const ON_THE_WAY_MS = 1_000

/**
 * What an operator does after INPUTS has lost its end, as docs/recovery.md says. If only undecided inputs are lost,
 * guardians end once and then continue by themselves.
 * @param lostAt when NATS was killed: younger inputs took the sequences of lost ones
 */
export async function mendInputs({ system, log, say }: Scene, lostAt: number): Promise<void> {
  const connection = await connect({ servers: system.nats.url, maxReconnectAttempts: -1 })
  try {
    const inputs = await readInputs(connection, log.inputsOffset ?? 0)
    const kept = inputs.filter(({ recordedAt }) => Date.parse(recordedAt) <= lostAt)
    const last = kept.at(-1)
    const after = last?.seq ?? 0
    const lastKeptAt = last === undefined ? 0 : Date.parse(last.recordedAt)
    const { events } = await readRisk(connection)
    const decided = Math.max(0, ...events.map(({ inputSeq }) => inputSeq))
    say(`INPUTS ended at ${after}, and was decided up to ${decided}`)
    if (decided <= after) {
      log.lostInputs.push({ after, lastKeptAt, sentBefore: lostAt })
      return
    }
    const goOn = await Promise.all(system.guardians.map((guardian) => guardian.kill()))
    const manager = await jetstreamManager(connection)
    await untilAllStored(manager)
    log.inputsOffset = null
    await manager.streams.delete('INPUTS')
    await delay(ON_THE_WAY_MS)
    await manager.streams.delete('RISK')
    log.keptInputs.push(...kept)
    log.lostInputs.push({ after, lastKeptAt, sentBefore: Date.now() })
    await system.provision()
    say((await system.drawbridge('adopt-log', '--by', 'chaos', '--reason', 'INPUTS lost its end')).trim().slice(0, 300))
    log.inputsOffset = await readInputsOffset(connection)
    await keepInSmallBlocks(system.nats)
    for (const start of goOn) start()
  } finally {
    await connection.close()
  }
}
