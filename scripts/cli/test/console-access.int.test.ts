import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runCommandWith } from '@drawbridge/testing/run-command'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConsoleScene } from './console-scene.ts'

const TOKENS = { reader: 'r'.repeat(32), operator: 'o'.repeat(32) }
const API_TOKENS = JSON.stringify([
  { name: 'reader', role: 'read', token: TOKENS.reader },
  { name: 'alice', role: 'operate', token: TOKENS.operator },
])

let scene: ConsoleScene
beforeAll(async () => {
  scene = await ConsoleScene.open({}, { API_TOKENS })
  await scene.startGuardian()
  await scene.report('bot1', 1000)
})
afterAll(() => scene.close())

const MAKE =
  'put a token in DRAWBRIDGE_TOKEN, or name its file by --token-file. To make one: npm run drawbridge -- make-token --help'

const as = (token: string | null, ...args: readonly string[]) =>
  runCommandWith({ DRAWBRIDGE_URL: scene.url, ...(token === null ? {} : { DRAWBRIDGE_TOKEN: token }) }, ...args)

test('without a token it says which one is needed, and how to get it', async () => {
  expect(await as(null, 'status')).toEqual({
    code: 1,
    stdout: '',
    stderr: `this needs a token of the role "read"\n  ${MAKE}\n`,
  })
})

test('the role of a token decides as over HTTP', async () => {
  expect((await as(TOKENS.reader, 'status')).code).toBe(0)
  expect(await as(TOKENS.reader, 'pause', 'bot1', '--reason', 'x')).toMatchObject({
    code: 1,
    stderr: `this needs the role "operate"; the token of "reader" has the role "read"\n  ${MAKE}\n`,
  })
  expect((await as(TOKENS.operator, 'limits', 'set', 'bot1', 'max_drawdown=5')).stderr).toContain(
    'needs the role "admin"',
  )
})

test('the author of a command is the name of the token, which may be in a file', async () => {
  const file = path.join(tmpdir(), `drawbridge-token-${process.pid}`)
  await writeFile(file, `${TOKENS.operator}\n`, { mode: 0o600 })
  try {
    const paused = await as(null, 'pause', 'bot1', '--reason', 'x', '--token-file', file, '--json')
    expect(JSON.parse(paused.stdout)).toMatchObject({ event: { facts: [{ kind: 'paused', by: 'alice' }] } })
  } finally {
    await rm(file)
  }
})

test('a file that holds no token is refused by its name', async () => {
  expect(await as(null, 'status', '--token-file', '/nowhere/token')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--token-file /nowhere/token cannot be read'),
  })
})
