import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, type PrivateServer, startPrivateNats, startPrivatePostgres } from '@drawbridge/dev-stack'
import type { StartedServers, WantedServers } from './docker-servers.ts'

/** Starts private servers in a temporary folder. @throws when one does not start; then none is left running. */
export async function startEmbedded(wanted: WantedServers, log: (line: string) => void): Promise<StartedServers> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'drawbridge-test-'))
  const started: PrivateServer[] = []
  const stop = async () => {
    for (const server of started) await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  const startWith = async (start: typeof startPrivateNats, folder: string) => {
    const server = await start({ dataDir: path.join(dataDir, folder), port: await freePort(), log })
    started.push(server)
    return server.url
  }
  try {
    const natsUrls: string[] = []
    while (natsUrls.length < wanted.nats) {
      natsUrls.push(await startWith(startPrivateNats, `nats-${natsUrls.length + 1}`))
    }
    const databaseUrl = wanted.database ? await startWith(startPrivatePostgres, 'database') : null
    return { natsUrls, databaseUrl, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
