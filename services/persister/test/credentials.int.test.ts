import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { eventually, infrastructure } from '@drawbridge/testing'
import { readyz, Scene } from '@drawbridge/testing/persister-scene'
import { equities, TraderLog } from '@drawbridge/testing/trader-log'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'

let scene: Scene
const file = path.join(tmpdir(), `drawbridge-url-${randomUUID()}`)
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(async () => {
  await scene.close()
  await rm(file, { force: true })
})

/** Some servers let everybody in who comes from this machine. */
async function asksForPasswords(): Promise<boolean> {
  const url = new URL(infrastructure().databaseUrl)
  url.password = 'not the password'
  const client = new pg.Client({ connectionString: url.href })
  try {
    await client.connect()
    return false
  } catch {
    return true
  } finally {
    await client.end()
  }
}

const log = new TraderLog('bot1')
for (const equity of equities(60)) log.tick(equity)

async function cutConnections(): Promise<void> {
  await scene.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'drawbridge-persister'`)
}

test('a password that is changed while the persister runs is waited for, and read again from its file', async ({
  skip,
}) => {
  skip(!(await asksForPasswords()), 'the database lets everybody in without a password')
  const user = await scene.createUser('first', 'anything')
  await writeFile(file, `${user.url('first')}\n`)
  const service = await scene.startPersister({ databaseUrlFile: file })
  await scene.publish(log.events.slice(0, 20))
  await scene.untilStored(20)

  await scene.query(`ALTER ROLE ${user.name} PASSWORD 'second'`)
  await cutConnections()
  await scene.publish(log.events.slice(20, 40))
  const report = await eventually(
    async () => {
      const answer = await readyz(service)
      return answer.checks.database?.includes('(28P01)') ? answer : null
    },
    { what: 'readiness to say that the password is wrong' },
  )
  expect(report).toMatchObject({ status: 503, ready: false })
  expect(await scene.stored()).toBe(20)

  // While the file cannot be read, the persister goes on trying what it knows.
  await rm(file)
  await eventually(() => service.lines().filter(({ level }) => level === 40).length >= 2, {
    what: 'a warning about the file',
  })
  await writeFile(file, user.url('second'))
  await scene.untilStored(40)
  expect(await readyz(service)).toMatchObject({ status: 200, ready: true })

  const other = await scene.createUser('third', 'anything')
  await scene.query(`ALTER ROLE ${user.name} NOLOGIN`)
  await cutConnections()
  await writeFile(file, other.url('third'))
  await scene.publish(log.events.slice(40))
  await scene.untilStored(60)
  await scene.untilAllAcked()
  expect(await scene.snapshotFaults()).toBe(0)
})

test('a password that is wrong at the start is waited for', async ({ skip }) => {
  skip(!(await asksForPasswords()), 'the database lets everybody in without a password')
  const user = await scene.createUser('right', 'anything')
  const service = await scene.startPersister({ databaseUrl: user.url('wrong') })
  await eventually(async () => (await readyz(service)).checks.database?.includes('(28P01)'), {
    what: 'readiness to say that the password is wrong',
  })
  await scene.publish(log.events.slice(0, 20))

  await scene.query(`ALTER ROLE ${user.name} PASSWORD 'wrong'`)

  await scene.untilStored(20)
})
