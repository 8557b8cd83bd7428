import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Where `npm run build:page` puts the page. */
export const PAGE_FOLDER = fileURLToPath(new URL('../page/dist', import.meta.url))

/** A file of the page, ready to be sent. */
export interface PageFile {
  readonly type: string
  readonly etag: string
  readonly bytes: Buffer
  /** The same, compressed, the smallest one first. */
  readonly compressed: readonly { readonly encoding: 'br' | 'gzip'; readonly bytes: Buffer }[]
}

/** The files of the built page by their path below it; null: it is not built. */
export type PageFiles = ReadonlyMap<string, PageFile> | null

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
}

/** As the build writes them beside each file, the smallest one first. */
const COMPRESSED = [
  { encoding: 'br', suffix: '.br' },
  { encoding: 'gzip', suffix: '.gz' },
] as const

/** Reads the page into memory, which is a few hundred kilobytes: so no path of a request ever names a file. */
export function readPage(folder: string): PageFiles {
  if (!existsSync(path.join(folder, 'index.html'))) return null
  const files = new Map<string, PageFile>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const type = TYPES[path.extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const file = path.join(entry.parentPath, entry.name)
    const bytes = readFileSync(file)
    const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`
    const name = path.relative(folder, file).split(path.sep).join('/')
    const compressed = COMPRESSED.filter(({ suffix }) => existsSync(file + suffix)).map(({ encoding, suffix }) => ({
      encoding,
      bytes: readFileSync(file + suffix),
    }))
    files.set(name, { type, etag, bytes, compressed })
  }
  return files
}
