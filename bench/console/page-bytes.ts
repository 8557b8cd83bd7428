import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const DIST = fileURLToPath(new URL('../../services/console/page/dist', import.meta.url))

/** Gzipped, as its test measures them: all of the page, and the worker of one view. */
export function pageBytes(): { readonly page: number; readonly worker: number } {
  const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(js|css|html|svg)$/.test(name),
  )
  const sum = (isCounted: (name: string) => boolean) =>
    files.filter(isCounted).reduce((bytes, name) => bytes + gzipSync(readFileSync(path.join(DIST, name))).length, 0)
  const isWorker = (name: string) => /worker/i.test(path.basename(name))
  // A browser of today has Temporal itself.
  const isPolyfill = (name: string) => path.basename(name).startsWith('temporal-polyfill')
  return { page: sum((name) => !isWorker(name) && !isPolyfill(name)), worker: sum(isWorker) }
}
