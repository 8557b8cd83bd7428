import { fileURLToPath } from 'node:url'
import { runProgram } from '@drawbridge/service-kit/program'
import { callProgram, eventually, type Finished, infrastructure, spawnProgram } from '@drawbridge/test-kit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from '../../services/persister/test/scene.ts'
import { equities, TraderLog } from '../../services/persister/test/trader-log.ts'
import { moveToTimescaleProgram } from '../move-to-timescale/move-to-timescale.ts'

const SCRIPT = fileURLToPath(new URL('../move-to-timescale.ts', import.meta.url))
const { timescale } = infrastructure()
const hasTimescale = timescale !== 'none'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open({ migrated: false })
})
afterEach(() => scene.close())

/** Tables as plain PostgreSQL has them, also on a server that has TimescaleDB. */
async function migratePlain(): Promise<void> {
  await scene.query(`CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql
    AS 'BEGIN RAISE EXCEPTION ''no extensions here''; END'`)
  await scene.query(`CREATE EVENT TRIGGER refuse_extensions ON ddl_command_start WHEN TAG IN ('CREATE EXTENSION')
    EXECUTE FUNCTION refuse()`)
  await scene.migrate()
  await scene.query('DROP EVENT TRIGGER refuse_extensions')
}

function run(...args: readonly string[]): Promise<Finished> {
  return runOn(scene.database.url, ...args)
}

function runOn(databaseUrl: string, ...args: readonly string[]): Promise<Finished> {
  return callProgram((context) => runProgram(moveToTimescaleProgram, args, context), { DATABASE_URL: databaseUrl })
}

test('the command says what it does, and refuses what it does not know', async () => {
  const help = await run('--help')
  expect(help).toMatchObject({ code: 0, stderr: '' })
  expect(help.stdout).toContain('--dry-run')

  const unknown = await spawnProgram(SCRIPT, ['--nonsense'])
  expect(unknown.code).toBe(2)
  expect(unknown.stderr).toContain("'--nonsense'")
})

test('a database that cannot be reached or has no tables is told', async () => {
  const away = await runOn('postgres://postgres@127.0.0.1:1/none')
  expect(away.code).toBe(1)
  expect(away.stderr).toContain('the database is unreachable')

  const bare = await run()
  expect(bare.code).toBe(1)
  expect(bare.stderr).toContain('npm run migrate')
})

test.skipIf(hasTimescale)('where there is no TimescaleDB nothing can be moved, and a dry run says so', async () => {
  await scene.migrate()

  expect(await run('--dry-run')).toMatchObject({ code: 1, stdout: expect.stringContaining('no TimescaleDB') })
  expect(await run()).toMatchObject({ code: 1, stderr: expect.stringContaining('no TimescaleDB') })
})

test.skipIf(!hasTimescale)('a dry run tells what would be done and changes nothing', async () => {
  await migratePlain()

  const { code, stdout } = await run('--dry-run', '--json')

  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({
    storage: 'postgresql',
    extension: 'available',
    rows: 0,
    bytes: expect.any(Number),
    partitions: 3,
    obstacles: [],
  })
  expect(await scene.query("SELECT FROM pg_extension WHERE extname = 'timescaledb'")).toEqual([])
})

test.skipIf(!hasTimescale)('what is in the way is listed, and ends both with 1', async () => {
  await migratePlain()
  await scene.query('CREATE MATERIALIZED VIEW mine AS SELECT count(*) FROM risk_state_history')

  expect(await run('--dry-run')).toMatchObject({ code: 1, stdout: expect.stringContaining('materialized view mine') })
  expect(await run()).toMatchObject({ code: 1, stderr: expect.stringContaining('materialized view mine') })
})

test.skipIf(!hasTimescale)(
  'persisters that run meanwhile wait and go on: nothing is lost, nothing stored twice',
  async () => {
    await migratePlain()
    const services = await Promise.all([scene.startPersister({ batchSize: 3 }), scene.startPersister({ batchSize: 5 })])
    const logs = Array.from({ length: 4 }, (_, index) => new TraderLog(`bot${index}`))
    let isMoved = false
    const publishing = logs.map(async (log) => {
      for (const equity of equities(100_000)) {
        await scene.publish([log.tick(equity)])
        if (isMoved) return
      }
    })
    await eventually(async () => (await scene.stored()) > 100, { what: 'the first events to be stored' })

    const { code, stdout, stderr } = await run('--json')
    isMoved = true
    await Promise.all(publishing)

    expect(stderr).toContain('persisters wait')
    expect(code).toBe(0)
    const moved: unknown = JSON.parse(stdout)
    expect(moved).toMatchObject({ kind: 'moved', storage: `timescaledb-${timescale}`, rows: expect.any(Number) })
    await scene.untilAllAcked(60_000)
    expect(await scene.stored()).toBe(logs.reduce((sum, log) => sum + log.events.length, 0))
    expect(await scene.snapshotFaults()).toBe(0)
    expect(await scene.rejected()).toBe(0)
    expect(await scene.query('SELECT FROM ONLY risk_state_history')).toEqual([])
    for (const { url } of services) expect((await fetch(`${await url()}/readyz`)).status).toBe(200)
  },
  120_000,
)

test.skipIf(!hasTimescale)('a second run has nothing to do', async () => {
  await migratePlain()
  expect(await run('--drop-old')).toMatchObject({ code: 0, stdout: expect.stringContaining('Moved 0 events') })

  expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining('already a hypertable') })
  expect(await run('--dry-run')).toMatchObject({ code: 0, stdout: expect.stringContaining('already a hypertable') })
})
