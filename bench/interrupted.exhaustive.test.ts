import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { eventually } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'

const RUN = path.join(import.meta.dirname, 'run.ts')

/** The bench makes its folders here; a process that names it on its command line belongs to the bench. */
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-interrupted-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Processes that name the folder on their command line. */
async function processes(): Promise<readonly string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')))
  return lines.filter((line) => line.includes(folder))
}

/** What is run, and what runs when it is interrupted: the last that it starts, where that does not take long. */
const BENCHES = [
  { words: ['guardian'], runs: 'nats-server' },
  { words: ['persister'], runs: 'nats-server' },
  { words: ['failover'], runs: 'nats-server' },
  { words: ['history'], runs: 'postgres' },
  { words: ['console', '--only', 'paint', '--quick'], runs: 'chrom' },
] as const

test.skipIf(process.platform !== 'linux').each(BENCHES)(
  'the bench $words leaves neither a server nor a folder when it is interrupted',
  async ({ words, runs }) => {
    const child = spawn(process.execPath, [RUN, ...words], {
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', TMPDIR: folder },
      stdio: 'ignore',
    })
    const ended = once(child, 'exit')
    const isRunning = async () => (await processes()).some((line) => line.includes(runs))
    await eventually(isRunning, { timeoutMs: 180_000, what: `${runs} to run` })

    child.kill('SIGINT')

    await ended
    expect(await processes()).toEqual([])
    expect((await readdir(folder)).filter((file) => /^(drawbridge|playwright)/.test(file))).toEqual([])
  },
  240_000,
)
