import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openAccess, readCredentials } from '../src/credentials.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drawbridge-nats-access-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a seed that is none is told by its file, never by what it holds', () => {
  const seedFile = path.join(folder, 'guardian.seed')
  writeFileSync(seedFile, 'SUmysecret')

  expect(() => readCredentials({ ...openAccess('nats://a'), seedFile })).toThrow(`${seedFile} does not hold the seed`)
  expect(() => readCredentials({ ...openAccess('nats://a'), seedFile })).not.toThrow('mysecret')
})

test('a file that is not there is told with the variable that names it', () => {
  const caFile = path.join(folder, 'ca.pem')

  expect(() => readCredentials({ ...openAccess('nats://a'), caFile })).toThrow(/^NATS_CA_FILE: ENOENT/)
})

test('an address alone asks for neither a user nor TLS', () => {
  expect(readCredentials(openAccess('nats://a')).options).toEqual({})
})
