import type { Probed } from './node-process.ts'
import type { Sizes } from './options.ts'
import { type BenchServer, startServer, stored } from './server.ts'
import { preloadTicks } from './ticks.ts'

export interface GrowthOf {
  readonly perSecond: number
  /** After everything is decided and garbage is collected. */
  readonly heapBytes: number
  readonly rssBytes: number
}

export interface GrowthRound {
  readonly few: GrowthOf
  readonly many: GrowthOf
}

/** The same number of ticks of few traders and of many: the cost of each additional trader in time and memory. */
export async function measureGrowth(
  sizes: Sizes,
  rounds: number,
  onRound: (round: GrowthRound) => void,
): Promise<readonly GrowthRound[]> {
  const few = await startServer()
  const many = await startServer()
  try {
    await preloadTicks(few, sizes.ticks, sizes.fewTraders)
    await preloadTicks(many, sizes.ticks, sizes.manyTraders)
    const done: GrowthRound[] = []
    while (done.length < rounds) {
      const round = { few: await growthOf(few, sizes.ticks), many: await growthOf(many, sizes.ticks) }
      done.push(round)
      onRound(round)
    }
    return done
  } finally {
    await few.stop()
    await many.stop()
  }
}

async function growthOf(server: BenchServer, ticks: number): Promise<GrowthOf> {
  await server.renewRisk()
  const guardian = server.startGuardian()
  try {
    await guardian.line('judging')
    const { events, seconds } = await guardian.watch(stored(server, ticks))
    const { heapBytes, rssBytes }: Probed = await guardian.probe()
    return { perSecond: Math.round(events / seconds), heapBytes, rssBytes }
  } finally {
    await guardian.stop()
  }
}
