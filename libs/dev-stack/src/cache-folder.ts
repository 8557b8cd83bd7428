import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import path from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Where downloads are kept: `$XDG_CACHE_HOME/drawbridge`, or `~/.cache/drawbridge`. */
export function cacheFolder(env: Environment): string {
  const base = env.XDG_CACHE_HOME
  return path.join(base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'), 'drawbridge')
}

/**
 * Makes one file of the cache: `make` works in its own folder and returns the path of its result, which is moved to
 * `target` only when complete. Two processes may do so at the same time; the later one replaces the same content.
 */
export async function makeCached(target: string, make: (folder: string) => Promise<string>): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true })
  const folder = await mkdtemp(`${target}.part-`)
  try {
    await rename(await make(folder), target)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
