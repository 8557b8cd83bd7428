import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readSecret } from '@drawbridge/settings'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drawbridge-secret-file-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string) => path.join(folder, name)

test('a secret is read from a regular file and by a link to one, as containers mount it', () => {
  writeFileSync(at('secret'), ' hunter2\n')
  symlinkSync(at('secret'), at('link'))
  expect([readSecret(at('secret')), readSecret(at('link'))]).toEqual([
    { ok: true, value: 'hunter2' },
    { ok: true, value: 'hunter2' },
  ])
})

test('a named pipe that nobody writes to is refused, and not waited for', () => {
  execFileSync('mkfifo', [at('pipe')])
  expect(readSecret(at('pipe'))).toEqual({
    ok: false,
    reason: `${at('pipe')} is a named pipe, and a secret is read from a regular file`,
  })
})

test.each([
  ['/dev/zero', 'a device'],
  [tmpdir(), 'a directory'],
])('%s is refused as %s', (file, kind) => {
  expect(readSecret(file)).toEqual({
    ok: false,
    reason: `${file} is ${kind}, and a secret is read from a regular file`,
  })
})

test('a file of more than 64 kB is refused, and one of so much is read', () => {
  writeFileSync(at('most'), 'x'.repeat(65_536))
  writeFileSync(at('more'), 'x'.repeat(65_537))
  expect(readSecret(at('most')).ok).toBe(true)
  expect(readSecret(at('more'))).toEqual({
    ok: false,
    reason: `${at('more')} has more than 65536 bytes: is it the right file?`,
  })
})
