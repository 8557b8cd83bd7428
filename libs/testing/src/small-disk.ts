import { spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'

/** A folder on a separate disk, or why it is not available. */
export type SmallDisk = { readonly path: string } | { readonly missing: string }

export interface SmallDiskOptions {
  readonly mebibytes: number
  /** Its owner; the current user if not given. */
  readonly uid?: number
  readonly gid?: number
}

/** Mounts a memory disk at a new folder, if this user may; {@link unmountSmallDisk} removes it. */
export async function mountSmallDisk(
  folder: string,
  { mebibytes, uid = process.getuid?.() ?? 0, gid = process.getgid?.() ?? 0 }: SmallDiskOptions,
): Promise<SmallDisk> {
  await mkdir(folder)
  const options = `size=${mebibytes}m,mode=0700,uid=${uid},gid=${gid}`
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder])
  if (status === 0) return { path: folder }
  return { missing: `a small disk cannot be mounted here: ${(error?.message ?? String(stderr)).trim()}` }
}

export function unmountSmallDisk(disk: SmallDisk): void {
  if ('path' in disk) spawnSync('umount', [disk.path])
}
