import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { processIdentity } from './process-identity.ts'

/** One process, distinguished from a later one with the same id. */
interface ProcessRecord {
  readonly pid: number
  readonly identity: string
}

/** Written beside the data at a start, so that a later start can stop a server that this one could not. */
export interface ServerRecord {
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
export function liveServer(dataDir: string, name: string): ServerRecord | null {
  const file = recordFile(dataDir, name)
  if (!existsSync(file)) return null
  const record: unknown = parseOrNull(readFileSync(file, 'utf8'))
  return isServerRecord(record) && isAlive(record.server) ? record : null
}

export function isAlive(recorded: ProcessRecord): boolean {
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
