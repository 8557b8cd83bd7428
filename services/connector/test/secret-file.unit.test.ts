import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createLogger } from '@drawbridge/service-kit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConnectorFaults } from '../src/connector-faults.ts'
import { isFailure } from '../src/core/failure.ts'
import { OpenedAccount } from '../src/outbound/opened-account.ts'
import { readSecretFile, SecretFileError } from '../src/outbound/secret-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drawbridge-secret-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** What is told of a file that cannot be read. */
function faultOf(file: string): SecretFileError {
  try {
    readSecretFile('password_file', file, 'the password')
  } catch (error) {
    if (error instanceof SecretFileError) return error
    throw error
  }
  throw new Error('it was read')
}

test.each(['secrets/password', "it's a folder/password"])('the command for the missing file %s makes it', (name) => {
  const file = path.join(folder, name)
  const { message, advice } = faultOf(file)
  expect(message).toBe(`password_file: there is no file ${file}`)
  expect(advice).not.toContain('relative')

  const command = advice.replace(/^make it: /, '')
  execFileSync('sh', ['-c', command], { input: 'hunter2\n' })
  expect(readSecretFile('password_file', file, 'the password')).toBe('hunter2')
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test('a relative path is told in full, with where it begins', () => {
  const { message, advice } = faultOf('secrets/not-there')
  expect(message).toBe(`password_file: there is no file ${path.resolve('secrets/not-there')}`)
  expect(advice).toContain('a relative path begins in the working directory')
})

test('a file that is missing in a container is made outside of it', () => {
  const { advice } = faultOf('/run/secrets/drawbridge/bot1-password')
  expect(advice).toContain('into data/secrets/connector/bot1-password, readable for the user 65532')
})

test('a file without a secret is there', () => {
  const empty = path.join(folder, 'empty')
  writeFileSync(empty, '\n')
  expect(faultOf(empty).message).toBe(`password_file: ${empty} is empty`)
  const noFile = path.join(folder, 'folder')
  mkdirSync(noFile)
  expect(faultOf(noFile).message).toBe(
    `password_file: ${noFile} is a directory, and a secret is read from a regular file`,
  )
})

test('operators are told how to make the file, and not to look at the key', () => {
  const file = path.join(folder, 'not-there')
  const opening = {
    readSecrets: () => ({ password: readSecretFile('password_file', file, 'the password') }),
    open: () => ({ readEquity: () => Promise.reject(new Error('not asked')), block: null, unblock: null }),
    alsoSecret: [],
  }
  const account = new OpenedAccount(opening, new AbortController().signal).get()
  if (!('kind' in account && isFailure(account))) throw new Error('it was opened')
  const faults = new ConnectorFaults(createLogger('test', 'silent'), () => undefined)
  faults.failed('block', account)
  expect(faults.open).toMatchObject([
    { kind: 'refused', reason: expect.stringContaining(file), advice: expect.stringMatching(/^make it: mkdir -p /) },
  ])
})
