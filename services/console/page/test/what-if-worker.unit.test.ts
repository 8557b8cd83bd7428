import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'

const PAGE = path.resolve(import.meta.dirname, '..')
const WORKER_BYTES_MAX = 50 * 1024

let folder: string
let assets: readonly string[]
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'drawbridge-page-'))
  const outDir = path.join(folder, 'dist')
  await build({ configFile: path.join(PAGE, 'vite.config.ts'), logLevel: 'error', build: { outDir } })
  assets = readdirSync(path.join(outDir, 'assets')).map((name) => path.join(outDir, 'assets', name))
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true }))

function asset(name: string): { readonly text: string; readonly gzipBytes: number } {
  const found = assets.find((file) => path.basename(file).startsWith(name) && file.endsWith('.js'))
  if (found === undefined) throw new Error(`no asset is called ${name}: ${assets.join(', ')}`)
  const bytes = readFileSync(found)
  return { text: bytes.toString(), gzipBytes: gzipSync(bytes, { level: 9 }).length }
}

test('the worker with the whole engine takes at most 50 KB', () => {
  const { gzipBytes } = asset('what-if-worker')
  expect(gzipBytes).toBeGreaterThan(10_000)
  expect(gzipBytes).toBeLessThanOrEqual(WORKER_BYTES_MAX)
})

test('the worker loads the polyfill of Temporal as a file of its own, where the browser has none', () => {
  const { text } = asset('what-if-worker')
  expect(text).toMatch(/import\(/)
  expect(text).not.toContain('daysInMonth')
})
