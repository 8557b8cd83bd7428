import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findToken, parseTokens } from '@drawbridge/service-kit'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeToken } from '../make-token.ts'

let file: string
let said: string[]
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'drawbridge-make-token-')), 'tokens.json')
  said = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line))
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(join(file, '..'), { recursive: true })
})

const make = (...args: string[]) => makeToken.run([...args, '--file', file])

test('each token that it prints is in the file, and only as its hash', async () => {
  expect(await make('--name', 'me', '--role', 'admin')).toBe(0)
  expect(await make('--name', 'bot1', '--role', 'operate', '--expires', '2099-01-01T00:00:00Z')).toBe(0)

  const text = readFileSync(file, 'utf8')
  const tokens = parseTokens(text)
  expect(said).toHaveLength(2)
  expect(said.map((token) => tokens.ok && findToken(tokens.value, token))).toEqual([
    expect.objectContaining({ name: 'me', role: 'admin', expires: null }),
    expect.objectContaining({ name: 'bot1', role: 'operate', expires: Date.parse('2099-01-01T00:00:00Z') }),
  ])
  for (const token of said) expect(text).not.toContain(token)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test.each([
  [['--role', 'admin'], '--name is missing'],
  [['--name', 'me'], '--role is missing'],
  [['--name', 'me', '--role', 'root'], '--role must be "read", "operate" or "admin", got "root"'],
  [['--name', 'a b', '--role', 'read'], '--name must be'],
  [['--name', 'me', '--role', 'read', '--expires', 'soon'], '--expires must be a time'],
])('%j is refused, and no file made', async (args, reason) => {
  await expect(make(...args)).rejects.toThrow(reason)
  expect(() => statSync(file)).toThrow('ENOENT')
})

test('a file that is something else is left as it is', async () => {
  writeFileSync(file, '{"name": "me"}')

  await expect(make('--name', 'me', '--role', 'admin')).rejects.toThrow('is not a file of tokens')
  expect(readFileSync(file, 'utf8')).toBe('{"name": "me"}')
})
