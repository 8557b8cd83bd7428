import { spawnSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'

/** A folder on a disk of its own, or why there is none here. */
export type SmallDisk = { readonly path: string } | { readonly missing: string }

export interface SmallDiskOptions {
  readonly mebibytes: number
  /** Whom it belongs to; whoever runs this if not given. */
  readonly uid?: number
  readonly gid?: number
}

/** Mounts a disk in memory at a new folder, where this user may; {@link unmountSmallDisk} gives it back. */
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
