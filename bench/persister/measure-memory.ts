import { startServer } from '../guardian/server.ts'
import type { BenchDatabase } from './databases.ts'
import type { Sizes } from './options.ts'
import { preloadRisk, startPersister, untilStored } from './persister-process.ts'

/** The most memory of a persister that was ever resident while it caught up, mebibytes. */
export async function measureMemory(database: BenchDatabase, { backlog, traders }: Sizes): Promise<number> {
  const server = await startServer()
  const { url, drop } = await database.fresh()
  try {
    await preloadRisk(server, backlog, traders)
    const persister = await startPersister(server, url)
    try {
      await persister.watch(untilStored(server))
      // Not asked before: the probe collects what is not needed, and gives its memory back.
      return Math.round((await persister.probe()).rssMostBytes / 2 ** 20)
    } finally {
      await persister.stop()
    }
  } finally {
    await drop()
    await server.stop()
  }
}
