import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const BACKENDS_END_WITHIN_MS = 15_000

/**
 * Removes the lock file of a killed PostgreSQL when none of its processes is alive. PostgreSQL itself checks only the
 * process id in it, and so refuses to start if that id belongs to another process now, or if the parent never reaped the
 * killed one. The reliable sign is its shared memory segment: it is attached while any backend lives. If that cannot be
 * checked (not Linux), PostgreSQL itself decides about the lock.
 */
export async function releaseStaleLock(cluster: string): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid')
  const deadline = Date.now() + BACKENDS_END_WITHIN_MS
  const lock = await readFile(file, 'utf8').catch(() => null)
  if (lock === null) return
  // Line 7 names the segment: its key and its id. A server that was killed before it had one has no line 7.
  const [key, id] = (lock.split('\n')[6] ?? '').trim().split(/\s+/)
  for (;;) {
    const segments = await readFile('/proc/sysvipc/shm', 'utf8').catch(() => null)
    if (segments === null) return
    if (!isAttached(segments, key, id)) break
    if (Date.now() > deadline) return
    await delay(50)
  }
  await rm(file, { force: true })
}

/** Columns of /proc/sysvipc/shm: key, shmid, perms, size, cpid, lpid, nattch, ... */
function isAttached(segments: string, key: string | undefined, id: string | undefined): boolean {
  const rows = segments.split('\n').map((line) => line.trim().split(/\s+/))
  return rows.some((row) => row[0] === key && row[1] === id && row[6] !== '0')
}
