import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

/**
 * Builds the page into `dist`. With --if-needed only where `dist` is missing, or made from other sources than these.
 * It is made beside its place and then put there, so that a console that starts meanwhile finds a whole one. Each file is
 * there compressed as well.
 */
const PAGE = import.meta.dirname
const ROOT = path.resolve(PAGE, '../../..')
const DIST = path.join(PAGE, 'dist')
/** The hash of the sources that `dist` was made from. */
const MARK = path.join(DIST, 'sources.sha256')
/** What the page is made from, below the root of the repository. */
const SOURCES = [
  'services/console/page/src',
  'services/console/page/public',
  'services/console/page/index.html',
  'services/console/page/build.ts',
  'services/console/page/vite.config.ts',
  'services/console/page/package.json',
  'services/console/src/core',
  'libs/contracts/src',
  'libs/risk-engine/src',
  'package-lock.json',
]

const sources = hashOf(SOURCES)
const isNeeded = !existsSync(MARK) || readFileSync(MARK, 'utf8') !== sources
if (isNeeded || !process.argv.includes('--if-needed')) await buildPage()

async function buildPage(): Promise<void> {
  // With another one, as in tests, JSX is compiled for debugging: a tenth more.
  process.env.NODE_ENV = 'production'
  const { build } = await import('vite')
  const made = `${DIST}.${process.pid}`
  await build({ configFile: path.join(PAGE, 'vite.config.ts'), logLevel: 'warn', build: { outDir: made } })
  for (const file of filesOf(made)) {
    const bytes = readFileSync(file)
    writeFileSync(`${file}.br`, brotliCompressSync(bytes))
    writeFileSync(`${file}.gz`, gzipSync(bytes))
  }
  writeFileSync(path.join(made, path.basename(MARK)), sources)
  putInPlace(made)
}

function putInPlace(made: string): void {
  const before = `${made}.before`
  if (existsSync(DIST)) renameSync(DIST, before)
  try {
    renameSync(made, DIST)
  } catch (error) {
    // Another build of the same sources was put there in between.
    if (!existsSync(MARK) || readFileSync(MARK, 'utf8') !== sources) throw error
    rmSync(made, { recursive: true })
  }
  rmSync(before, { recursive: true, force: true })
}

function hashOf(places: readonly string[]): string {
  const hash = createHash('sha256')
  for (const place of places) {
    for (const file of filesOf(path.join(ROOT, place))) {
      // An image has some of these alone.
      hash.update(path.relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0')
    }
  }
  return hash.digest('hex')
}

function filesOf(place: string): readonly string[] {
  if (!existsSync(place)) return []
  if (statSync(place).isFile()) return [place]
  const entries = readdirSync(place, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  return files.sort()
}
