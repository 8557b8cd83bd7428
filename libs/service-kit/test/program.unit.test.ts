import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { configOf } from '@drawbridge/settings'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Program, printLine, readOptions, runProgram, UsageError } from '../src/program.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-program-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function call(run: Program['run'], args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const code = await runProgram({ help: 'all of it', run }, args, { env, cwd: folder, stdout, stderr })
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') }
}

test('what it gives is the exit code, and what it prints goes where it is told to', async () => {
  const called = await call(async (_args, { stdout, stderr }) => {
    printLine(stdout, 'a result')
    printLine(stderr, 'a complaint')
    return 7
  })
  expect(called).toEqual({ code: 7, stdout: 'a result\n', stderr: 'a complaint\n' })
})

test.each(['--help', '-h'])('%s prints the help and does nothing else', async (flag) => {
  const called = await call(() => Promise.reject(new Error('was run')), [flag])
  expect(called).toEqual({ code: 0, stdout: 'all of it', stderr: '' })
})

test('a command line that is not valid ends it with 2, and what is possible', async () => {
  const missing = await call(() => Promise.reject(new UsageError('--by is missing')))
  expect(missing).toEqual({ code: 2, stdout: '', stderr: '--by is missing\n\nall of it\n' })
  const unknown = await call(async (args) => Object.keys(readOptions(args, {}).values).length, ['--force'])
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("'--force'") })
  const words = await call(async (args) => readOptions(args, {}, 1).positionals.length, ['one', 'two'])
  expect(words).toMatchObject({ code: 2, stderr: expect.stringContaining('unexpected "two"') })
})

test('anything else that fails ends it with 1, in its words', async () => {
  expect(await call(() => Promise.reject(new Error('not today')))).toEqual({
    code: 1,
    stdout: '',
    stderr: 'not today\n',
  })
})

test('settings at fault end it with 2, each fault on a line', async () => {
  const called = await call(async (_args, context) => configOf(context).leaseMs, [], {
    LOG_LEVEL: 'loud',
    DB_HSOT: 'db',
  })
  expect(called).toMatchObject({ code: 2, stdout: '' })
  const [title, ...faults] = called.stderr.trimEnd().split('\n')
  expect(title).toBe('the settings are not valid:')
  expect(faults.map((fault) => fault.split(':')[0])).toEqual(['  DB_HSOT', '  LOG_LEVEL'])
})

test('its settings are those of its environment and its folder, and not of this process', async () => {
  await writeFile(path.join(folder, 'config.json'), '{"lease_seconds": 3}')
  await writeFile(path.join(folder, '.env'), 'LOG_LEVEL=debug')
  const before = { ...process.env }
  const called = await call(
    async (_args, context) => {
      const { leaseMs, logLevel, natsUrl } = configOf(context)
      printLine(context.stdout, `${leaseMs} ${logLevel} ${natsUrl}`)
      return 0
    },
    [],
    { NATS_URL: 'nats://given' },
  )
  expect(called).toMatchObject({ code: 0, stdout: '3000 debug nats://given\n' })
  expect(process.env).toEqual(before)
})
