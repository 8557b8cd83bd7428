import { createServer, type RequestListener } from 'node:http'
import { runProgram } from '@drawbridge/service-kit/program'
import { callProgram } from '@drawbridge/testing'
import { expect, test } from 'vitest'
import { COMMANDS } from '../commands.ts'

/** An address where a server was, which answered so. */
async function served(handler: RequestListener, work: (url: string) => Promise<void> = async () => undefined) {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  await work(url).finally(() => new Promise((resolve) => server.close(resolve)))
  return url
}

test.each([
  ['status'],
  ['status', '--watch'],
  ['events'],
  ['events', '--follow'],
  ['explain', 'bot1'],
  ['pause', 'bot1', '--reason', 'x'],
  ['resume', 'bot1', '--reason', 'x'],
  ['limits'],
  ['limits', 'bot1'],
  ['limits', 'set', 'bot1', 'max_drawdown=5'],
  ['cash-flow', 'bot1', '5'],
  ['restart', 'bot1', '--reason', 'x'],
  ['correct', 'bot1', '--void', '1', '--reason', 'x'],
  ['completion', 'traders'],
])('a console that does not answer is one line that says how to start it: %s %s', async (...args) => {
  const nowhere = await served(() => undefined)
  expect(await call(nowhere, args)).toEqual({
    code: 1,
    stdout: '',
    stderr: `the console at ${nowhere} does not answer (ECONNREFUSED): npm start starts one, and --url names another address\n`,
  })
})

test('a server that is no console is told apart', () =>
  served(
    (_request, response) => response.writeHead(404).end('<html>'),
    async (url) =>
      expect(await call(url, ['status'])).toEqual({
        code: 1,
        stdout: '',
        stderr: `${url} answered 404, and is no console: --url names another address\n`,
      }),
  ))

test('a connection that breaks in the middle of a command gives the key to repeat it with', () =>
  served(
    (request) => request.socket.destroy(),
    async (url) => {
      const { code, stderr } = await call(url, ['pause', 'bot1', '--reason', 'x', '--key', 'pause-1'])
      expect(code).toBe(1)
      expect(stderr).toContain(
        'It may have been taken. To make sure, repeat the command with --key pause-1: it counts once.',
      )
    },
  ))

test('an address that is none is refused', async () => {
  expect(await call('localhost:8080', ['status'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--url must be an address like "http://localhost:8080", got "localhost:8080"'),
  })
})

async function call(url: string, [name, ...args]: readonly string[]) {
  const program = await COMMANDS.find((command) => command.name === name)?.load()
  if (program === undefined) return expect.fail(`there is no ${name}`)
  return callProgram((context) => runProgram(program, args, context), { DRAWBRIDGE_URL: url })
}
