import { createServer } from 'node:http'
import { runProgram } from '@drawbridge/service-kit/program'
import { callProgram } from '@drawbridge/testing'
import { expect, test } from 'vitest'
import { pause } from '../pause.ts'
import { resume } from '../resume.ts'

const OF_ALL = {
  later: true,
  input: 7,
  event: null,
  counts: { stored: 2, undecided: 0, refused: 0, unknown: 0, failed: 0 },
  traders: [
    { trader: 'bot1', outcome: 'stored', status: 'paused', holders: ['operator:*'], reason: null },
    {
      trader: 'bot2',
      outcome: 'stored',
      status: 'paused',
      holders: ['operator:*', 'limit:max_drawdown'],
      reason: null,
    },
  ],
}
const refusedOne = {
  trader: 'bot9',
  outcome: 'unknown',
  status: null,
  holders: [],
  reason: 'not configured; send "create": true',
}

/** Runs a command against a console that answers so; gives what it was asked, too. */
async function answered(program: typeof pause, status: number, answer: object, ...args: readonly string[]) {
  const asked: unknown[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      asked.push([request.method, request.url, JSON.parse(Buffer.concat(parts).toString())])
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const env = { DRAWBRIDGE_URL: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` }
  const done = await callProgram((context) => runProgram(program, args, context), env)
  await new Promise((resolve) => server.close(resolve))
  return { ...done, asked }
}

test('all traders are paused by one command, and each outcome is told', async () => {
  expect(await answered(pause, 200, OF_ALL, '--all', '--reason', 'exchange is down')).toEqual({
    code: 0,
    stderr: '',
    stdout: `  trader  outcome  state   held by                         why
  bot1    done     paused  operator:*
  bot2    done     paused  operator:*, limit:max_drawdown

2 done; it holds traders that come later, too
`,
    asked: [['POST', '/api/traders/pause', { all: true, reason: 'exchange is down' }]],
  })
})

test.each([
  [{ stored: 1, unknown: 1 }, 1],
  [{ stored: 1, undecided: 1 }, 3],
  [{ stored: 1, refused: 1, undecided: 1 }, 1],
])('where it is not done for all the exit code says so: %j', async (counts, code) => {
  const answer = { ...OF_ALL, later: false, counts, traders: [refusedOne] }
  const done = await answered(resume, 207, answer, 'bot1', 'bot9', '--reason', 'back')
  expect(done).toMatchObject({
    code,
    asked: [['POST', '/api/traders/resume', { traders: ['bot1', 'bot9'], reason: 'back' }]],
  })
  expect(done.stdout).toMatch(/^ {2}bot9 +unknown +- +- +not configured; add --create$/m)
})

test('as JSON it is the answer of the console', async () => {
  const { stdout } = await answered(pause, 200, OF_ALL, '--prefix', 'bot', '--reason', 'x', '--json')
  expect(JSON.parse(stdout)).toEqual(OF_ALL)
})

test('traders are named in one way only', async () => {
  const { code, stderr, asked } = await answered(pause, 200, OF_ALL, 'bot1', '--all', '--reason', 'x')
  expect({ code, asked }).toEqual({ code: 2, asked: [] })
  expect(stderr).toContain('Name them, or give --prefix, or --all: one of the three')
})
