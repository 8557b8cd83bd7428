import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findToken, parseTokens } from '@drawbridge/settings'
import { callProgram, spawnProgram } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeToken } from '../make-token.ts'

const DRAWBRIDGE = fileURLToPath(new URL('../main.ts', import.meta.url))

let file: string
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'drawbridge-make-token-')), 'tokens.json')
})
afterEach(() => rmSync(join(file, '..'), { recursive: true }))

const make = (...args: string[]) => callProgram((context) => makeToken.run([...args, '--file', file], context))

test('each token that it prints is in the file, and only as its hash', async () => {
  const args = ['make-token', '--name', 'me', '--role', 'admin', '--file', file]
  const printed = [
    await spawnProgram(DRAWBRIDGE, args),
    await make('--name', 'ops', '--role', 'operate', '--expires', '2099-01-01T00:00:00Z'),
    await make('--name', 'bot1', '--role', 'bot', '--trader', 'bot1', '--trader', 'bot2', '--prefix', 'desk-'),
  ]

  const text = readFileSync(file, 'utf8')
  const tokens = parseTokens(text)
  expect(printed.map(({ code }) => code)).toEqual([0, 0, 0])
  const said = printed.map(({ stdout }) => stdout.trimEnd())
  expect(said.map((token) => tokens.ok && findToken(tokens.value, token))).toEqual([
    expect.objectContaining({ principal: { name: 'me', role: 'admin' }, expires: null }),
    expect.objectContaining({
      principal: { name: 'ops', role: 'operate' },
      expires: Date.parse('2099-01-01T00:00:00Z'),
    }),
    expect.objectContaining({
      principal: { name: 'bot1', role: 'bot', traders: { ids: new Set(['bot1', 'bot2']), prefixes: ['desk-'] } },
    }),
  ])
  for (const token of said) expect(text).not.toContain(token)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

test.each([
  [['--role', 'admin'], '--name is missing'],
  [['--name', 'me'], '--role is missing'],
  [['--name', 'me', '--role', 'root'], '--role must be "read", "operate", "admin" or "bot", got "root"'],
  [['--name', 'me', '--role', 'bot'], 'a bot needs --trader or --prefix'],
  [['--name', 'me', '--role', 'admin', '--trader', 'bot1'], '--trader and --prefix belong to --role bot'],
  [['--name', 'me', '--role', 'bot', '--trader', 'a b'], 'traders: trader id "a b" must be'],
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
