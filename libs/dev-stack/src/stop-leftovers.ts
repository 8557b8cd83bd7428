import { setTimeout as delay } from 'node:timers/promises'
import { isAlive, liveServer, removeServerRecord } from './server-record.ts'

/** The signal for a fast, clean stop; for PostgreSQL, SIGTERM would mean "when all clients are gone". */
export const STOP_SIGNALS = { 'nats-server': 'SIGTERM', postgres: 'SIGINT' } as const
export type ServerName = keyof typeof STOP_SIGNALS

/** A server that is still running after this is killed; both recover from that at their next start. */
export const STOP_WITHIN_MS = 15_000

/**
 * Stops the servers that an earlier, killed run left running on this data directory.
 * @throws when that run is still alive: two runs must not share a data directory.
 */
export async function stopLeftovers(dataDir: string): Promise<void> {
  for (const name of Object.keys(STOP_SIGNALS) as ServerName[]) await stopLeftover(dataDir, name)
}

export async function stopLeftover(dataDir: string, name: ServerName): Promise<void> {
  const found = liveServer(dataDir, name)
  if (found !== null) {
    if (isAlive(found.owner)) {
      throw new Error(
        `${dataDir} is in use: process ${found.owner.pid} runs ${name} on it (process ${found.server.pid}); stop it, or choose another data directory`,
      )
    }
    const hurry = Date.now() + STOP_WITHIN_MS
    signal(found.server.pid, STOP_SIGNALS[name])
    while (isAlive(found.server)) {
      if (Date.now() > hurry) signal(found.server.pid, 'SIGKILL')
      await delay(20)
    }
  }
  removeServerRecord(dataDir, name)
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
