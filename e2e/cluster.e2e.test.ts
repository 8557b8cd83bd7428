import { streams } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { NatsServer } from '@drawbridge/testing/nats-server'
import { expect, test } from 'vitest'
import { System } from './faults/system.ts'

/** Elections take seconds, in which all that is sent waits. */
const RATE = { traders: 40, ticksPerSecond: 5 }

test('a cluster of three nodes may lose the leader of each stream under load, one after another', async () => {
  await using system = await System.open({ nodes: await NatsServer.startCluster() })
  await system.startPersister()
  await system.startGuardians(2)
  await system.connectBots()
  await system.startLoad(RATE)
  for (const stream of [streams.risk, streams.inputs]) {
    await system.decided(200)
    const leader = await leaderOf(system, stream)
    await leader.kill()
    await system.decided(200)
    await leader.start()
    await untilReplicated(system)
  }
  system.trade()
  await system.decided(200)
  await system.expectSoundTrades()
})

async function leaderOf(system: System, stream: string): Promise<NatsServer> {
  return eventually(
    async () => {
      const { cluster } = await system.scene.manager.streams.info(stream)
      return system.nodes.find(({ name }) => name === cluster?.leader)
    },
    { timeoutMs: 30_000, what: `a leader of ${stream}` },
  )
}

/** Waits until every stream has two replicas beside its leader that hold all: only then may another node go. */
async function untilReplicated({ scene }: System): Promise<void> {
  for (const stream of Object.values(streams)) {
    const current = await eventually(
      async () => {
        const { cluster } = await scene.manager.streams.info(stream)
        const replicas = cluster?.replicas?.filter((replica) => replica.current && replica.offline !== true) ?? []
        return replicas.length === 2 ? replicas : null
      },
      { timeoutMs: 60_000, what: `the replicas of ${stream}` },
    )
    expect(current).toHaveLength(2)
  }
}
