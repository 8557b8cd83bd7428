import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { processIdentity } from '@drawbridge/settings/running-system'

/** The signal for a fast, clean stop; for PostgreSQL, SIGTERM would mean "when all clients are gone". */
export const STOP_SIGNALS = { 'nats-server': 'SIGTERM', postgres: 'SIGINT' } as const
export type ServerName = keyof typeof STOP_SIGNALS

/** A server that is still running after this is killed; both recover from that at their next start. */
export const STOP_WITHIN_MS = 15_000

/** Another process runs servers on this data. */
export class DataInUse extends Error {
  override readonly name = 'DataInUse'
  readonly pid: number

  constructor(pid: number, message: string) {
    super(message)
    this.pid = pid
  }
}

/**
 * Stops the servers that an earlier, killed run left running on this data directory.
 * @throws {DataInUse} when that run is still alive: two runs must not share a data directory.
 */
export async function stopLeftovers(dataDir: string): Promise<void> {
  for (const name of Object.keys(STOP_SIGNALS) as ServerName[]) await stopLeftover(dataDir, name)
}

export async function stopLeftover(dataDir: string, name: ServerName): Promise<void> {
  const found = liveServer(dataDir, name)
  if (found !== null) {
    if (isAlive(found.owner)) {
      const { owner, server } = found
      throw new DataInUse(
        owner.pid,
        `${dataDir} is in use: process ${owner.pid} runs ${name} on it (process ${server.pid}); stop it, or choose another data directory`,
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

/** One process, distinguished from a later one with the same id. */
interface ProcessRecord {
  readonly pid: number
  readonly identity: string
}

/** Written beside the data at a start, so that a later start can stop a server that this one could not. */
interface ServerRecord {
  readonly server: ProcessRecord
  /** The process that started it. While it is alive, nobody else stops the server. */
  readonly owner: ProcessRecord
}

export function writeServerRecord(dataDir: string, name: string, pid: number): void {
  const identity = processIdentity(pid)
  if (identity === null) return
  const owner = { pid: process.pid, identity: processIdentity(process.pid) ?? '' }
  const file = recordFile(dataDir, name)
  writeFileSync(`${file}.new`, JSON.stringify({ server: { pid, identity }, owner } satisfies ServerRecord))
  renameSync(`${file}.new`, file)
}

export function removeServerRecord(dataDir: string, name: string): void {
  rmSync(recordFile(dataDir, name), { force: true })
}

/** The recorded server of this data, if it is still the same process. */
function liveServer(dataDir: string, name: string): ServerRecord | null {
  const file = recordFile(dataDir, name)
  if (!existsSync(file)) return null
  const record: unknown = parseOrNull(readFileSync(file, 'utf8'))
  return isServerRecord(record) && isAlive(record.server) ? record : null
}

function isAlive(recorded: ProcessRecord): boolean {
  return processIdentity(recorded.pid) === recorded.identity
}

function recordFile(dataDir: string, name: string): string {
  return path.join(dataDir, `${name}.process.json`)
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isServerRecord(value: unknown): value is ServerRecord {
  const { server, owner } = (value ?? {}) as { server?: unknown; owner?: unknown }
  return isProcessRecord(server) && isProcessRecord(owner)
}

function isProcessRecord(value: unknown): value is ProcessRecord {
  const { pid, identity } = (value ?? {}) as { pid?: unknown; identity?: unknown }
  return Number.isSafeInteger(pid) && Number(pid) > 1 && typeof identity === 'string'
}
