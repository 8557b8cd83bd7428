import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { processIdentity } from '@drawbridge/settings/running-system'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { beginning, dataFolder, prepareData } from '../start/data-folder.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'drawbridge-data-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const make = (folder: string) => mkdirSync(path.join(cwd, folder), { recursive: true })

test.each([
  [true, './data/demo'],
  [false, './data/system'],
])('demo %s: new data is in %s', (isDemo, name) => {
  expect(dataFolder(isDemo, cwd)).toEqual({ isDemo, path: path.join(cwd, name), name, notice: null })
})

test("data of an earlier version is that of the user's system, and is not touched by the demo", () => {
  make('data/nats')
  const own = dataFolder(false, cwd)
  expect(own).toMatchObject({ path: path.join(cwd, 'data'), notice: expect.stringContaining('earlier version') })
  expect(beginning(own, { nats: null, database: null })).toMatch(
    /^Your own system\. Data in \.\/data, logs in .* goes on\.$/,
  )
  const demo = dataFolder(true, cwd)
  expect(demo).toMatchObject({ path: path.join(cwd, 'data/demo'), notice: expect.stringContaining('stays as it is') })
})

test('what Docker Compose keeps in ./data is no data of an earlier version', () => {
  make('data/jetstream')
  make('data/timescale')
  expect(dataFolder(false, cwd)).toMatchObject({ name: './data/system', notice: null })
})

test("with servers of one's own, the first line names their settings", () => {
  const given = { nats: 'NATS_URL', database: 'database_url in config.json' }
  expect(beginning(dataFolder(false, cwd), given)).toBe(
    'Your own system. Data on your servers (NATS_URL, database_url in config.json), logs in ./data/system/logs.',
  )
})

test('to begin again deletes what is its own, and nothing of others in the same folder', async () => {
  make('data/nats')
  make('data/demo/nats')
  make('data/secrets')
  writeFileSync(path.join(cwd, 'data/postgres-password'), 'x')
  await prepareData(dataFolder(false, cwd), true)
  const left = ['data/nats', 'data/postgres-password', 'data/demo/nats', 'data/secrets', 'data/logs']
  expect(left.filter((name) => existsSync(path.join(cwd, name)))).toEqual(left.slice(2))
})

test('a start goes on with what an interrupted one began to delete', async () => {
  make('data/demo/nats')
  make('data/demo/postgres')
  make('data/demo/removing/nats/jetstream')
  await prepareData(dataFolder(true, cwd), false)
  expect(readdirSync(path.join(cwd, 'data/demo'))).toEqual(['logs'])
})

test('a start keeps the data of earlier ones', async () => {
  make('data/demo/nats')
  await prepareData(dataFolder(true, cwd), false)
  expect(readdirSync(path.join(cwd, 'data/demo'))).toEqual(['logs', 'nats'])
})

test('a folder on which another start runs is left alone, and it is told how to stop or use that', async () => {
  make('data/demo/nats')
  const self = { pid: process.pid, identity: processIdentity(process.pid) }
  writeFileSync(path.join(cwd, 'data/demo/nats-server.process.json'), JSON.stringify({ server: self, owner: self }))
  await expect(prepareData(dataFolder(true, cwd), true)).rejects.toThrow(
    `npm start runs already: ./data/demo is in use by process ${process.pid}; stop it there with Ctrl-C, or use it: npm run`,
  )
  expect(existsSync(path.join(cwd, 'data/demo/nats'))).toBe(true)
})
