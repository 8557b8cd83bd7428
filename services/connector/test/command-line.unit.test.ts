import { PassThrough } from 'node:stream'
import { runProgram } from '@drawbridge/service-kit/program'
import { loadConfig } from '@drawbridge/settings'
import { expect, test } from 'vitest'
import { connectorProgram } from '../src/command-line.ts'

/** Whether the service is started with a dry run; null: it is not started. */
async function call(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  let dryRun: boolean | null = null
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const program = connectorProgram(async () => {
    const config = loadConfig(env, null)
    dryRun = config.ok && config.value.connector.dryRun
  })
  const code = await runProgram(program, args, { env, cwd: '.', stdout, stderr })
  return { code, dryRun, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') }
}

test('--dry-run is a dry run of all connectors, whatever the environment says', async () => {
  expect(await call(['--dry-run'])).toMatchObject({ code: 0, dryRun: true })
  expect(await call(['--dry-run'], { CONNECTOR_DRY_RUN: 'false' })).toMatchObject({ dryRun: true })
  expect(await call([])).toMatchObject({ code: 0, dryRun: false })
  expect(await call([], { CONNECTOR_DRY_RUN: 'true' })).toMatchObject({ dryRun: true })
})

test('a slip in the command line starts nothing, which would act in earnest', async () => {
  expect(await call(['--dryrun'])).toMatchObject({
    code: 2,
    dryRun: null,
    stderr: expect.stringContaining('--dry-run'),
  })
})

test('--help tells of --dry-run, and starts nothing', async () => {
  expect(await call(['--help'])).toMatchObject({ code: 0, dryRun: null, stdout: expect.stringContaining('--dry-run') })
})
