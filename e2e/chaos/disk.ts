import { spawnSync } from 'node:child_process'
import { statfs } from 'node:fs/promises'
import { eventually, type SmallDisk } from '@drawbridge/testing/processes'

/** Enough for an hour, and for the free space that JetStream requires at its start. */
const ROOMY_MIB = 2_048
const SPARE_KIB = 8

/** Makes a memory disk so large that nothing fills it. */
export function makeRoom(disk: SmallDisk): void {
  if ('path' in disk) resize(disk.path, `${ROOMY_MIB}m`)
}

/** Shrinks a memory disk to little more than its content. */
export async function leaveNoRoom({ path }: { readonly path: string }): Promise<void> {
  // What is written between the look and the change makes the size too small, which is refused.
  await eventually(
    async () => {
      const { bsize, blocks, bfree } = await statfs(path)
      resize(path, `${Math.ceil(((blocks - bfree) * bsize) / 1_024) + SPARE_KIB}k`)
      return true
    },
    { what: `${path} to be full` },
  )
}

function resize(path: string, size: string): void {
  const { status, stderr } = spawnSync('mount', ['-o', `remount,size=${size}`, path])
  if (status !== 0) throw new Error(`${path} cannot be given a size of ${size}: ${String(stderr).trim()}`)
}
