import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { refused } from '@drawbridge/contracts'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { createLogger } from '../src/log.ts'
import { databaseAddress, readDatabaseUrl } from '../src/postgres.ts'

const file = path.join(tmpdir(), `drawbridge-address-${randomUUID()}`)
afterEach(() => rm(file, { force: true }))

const log = createLogger('test', 'silent')
const ONE = 'postgres://ann:one@host/db'
const TWO = 'postgres://ben:two@host/db'

test('an address without a file stays as it is', () => {
  expect(
    databaseAddress(
      { databaseUrl: ONE, databaseUrlFile: null, databasePasswordFile: null, databaseCaFile: null },
      log,
    )(),
  ).toBe(ONE)
})

test('the address in a file is read each time; while that fails the last one is used', async () => {
  await writeFile(file, `${ONE}\n`)
  const address = databaseAddress(
    { databaseUrl: 'postgres://at-the-start', databaseUrlFile: file, databasePasswordFile: null, databaseCaFile: null },
    log,
  )
  expect(address()).toBe(ONE)
  await writeFile(file, TWO)
  expect(address()).toBe(TWO)
  await writeFile(file, '')
  expect(address()).toBe(TWO)
  await rm(file)
  expect(address()).toBe(TWO)
  await writeFile(file, ONE)
  expect(address()).toBe(ONE)
})

test('the password in a file is read each time, into the address of the other parts', async () => {
  const config = { databaseUrl: ONE, databaseUrlFile: null, databasePasswordFile: file, databaseCaFile: null }
  const address = databaseAddress(config, log)
  await writeFile(file, 'p@ss/word\n')
  expect(new pg.Client({ connectionString: address() })).toMatchObject({
    user: 'ann',
    password: 'p@ss/word',
    host: 'host',
  })
  await rm(file)
  expect(new pg.Client({ connectionString: address() })).toMatchObject({ password: 'p@ss/word' })
})

test('a file that holds no address is refused without saying what it holds', async () => {
  await writeFile(file, 'a secret')
  const address = readDatabaseUrl(file)
  expect(address).toEqual(refused(expect.stringContaining('does not hold an address like')))
  expect(JSON.stringify(address)).not.toContain('a secret')
})
