import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'

const PAGE = path.resolve(import.meta.dirname, '..')
const DIST = path.join(PAGE, 'dist')
const KILOBYTE = 1_000

beforeAll(() => {
  const built = spawnSync(process.execPath, [path.join(PAGE, 'build.ts'), '--if-needed'], { encoding: 'utf8' })
  if (built.status !== 0) throw new Error(`the page cannot be built:\n${built.stdout}${built.stderr}`)
}, 120_000)

/** Gzipped, bytes. Workers are loaded by one view alone, and have a bound of their own. */
function sizeOf(isCounted: (name: string) => boolean): number {
  const files = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(js|css|html|svg)$/.test(name),
  )
  return files.filter(isCounted).reduce((sum, name) => sum + gzipSync(readFileSync(path.join(DIST, name))).length, 0)
}

const isWorker = (name: string) => /worker/i.test(path.basename(name))
/** A worker loads it where the browser has no Temporal of its own. */
const isPolyfill = (name: string) => path.basename(name).startsWith('temporal-polyfill')

test('all of the page is at most 100 KB gzipped', () => {
  expect(sizeOf((name) => !isWorker(name) && !isPolyfill(name))).toBeLessThanOrEqual(100 * KILOBYTE)
})

test('a worker is at most 50 KB gzipped', () => {
  expect(sizeOf(isWorker)).toBeGreaterThan(0)
  expect(sizeOf(isWorker)).toBeLessThanOrEqual(50 * KILOBYTE)
})

test('a browser without Temporal loads at most 20 KB more, and others nothing', () => {
  expect(sizeOf(isPolyfill)).toBeGreaterThan(0)
  expect(sizeOf(isPolyfill)).toBeLessThanOrEqual(20 * KILOBYTE)
})

test('what the first view needs comes with it, and other views later', () => {
  const index = readFileSync(path.join(DIST, 'index.html'), 'utf8')
  const first = [...index.matchAll(/\/(assets\/[\w.-]+)"/g)].map(([, name]) => name ?? '')
  expect(first.length).toBeGreaterThan(0)
  expect(sizeOf((name) => first.includes(name))).toBeLessThanOrEqual(45 * KILOBYTE)
})

test('nothing in the page is inline, which its policy forbids', () => {
  const index = readFileSync(path.join(DIST, 'index.html'), 'utf8')
  expect(index).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]*src=)/)
})
