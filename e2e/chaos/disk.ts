import { spawnSync } from 'node:child_process'
import { statfs } from 'node:fs/promises'
import type { SmallDisk } from '../../libs/test-kit/src/small-disk.ts'

/** Enough for an hour, and for what JetStream wants to see free when it starts. */
const ROOMY_MIB = 2_048

/** Gives a disk in memory so much room that nothing fills it. */
export function makeRoom(disk: SmallDisk): void {
  if ('path' in disk) resize(disk.path, `${ROOMY_MIB}m`)
}

/** Leaves a disk in memory no more room than what is on it takes. */
export async function leaveNoRoom({ path }: { readonly path: string }): Promise<void> {
  const { bsize, blocks, bfree } = await statfs(path)
  resize(path, `${Math.ceil(((blocks - bfree) * bsize) / 1_024) + 4}k`)
}

function resize(path: string, size: string): void {
  const { status, stderr } = spawnSync('mount', ['-o', `remount,size=${size}`, path])
  if (status !== 0) throw new Error(`${path} cannot be given a size of ${size}: ${String(stderr).trim()}`)
}
