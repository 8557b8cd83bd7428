import { rmSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { streamSettings, streams, subjects } from '@drawbridge/contracts'
import { findNatsServer } from '@drawbridge/dev-stack'
import { connectNats } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import { mountSmallDisk, type SmallDisk, unmountSmallDisk } from '@drawbridge/testing'
import { runCommandWith } from '@drawbridge/testing/run-command'
import { JetStreamApiError, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { RequestError, TimeoutError } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, type TestContext, test } from 'vitest'
import type { Finding } from '../doctor/finding.ts'
import { isAtLeast } from '../doctor/machine.ts'
import { type OwnNats, startOwnNats } from './own-nats.ts'

const MEBIBYTES = 8
const CHUNK = new Uint8Array(4_096)
/** Older servers refuse the doctor's question before they look for room. */
const OLDEST = '2.15'

let folder: string
let disk: SmallDisk
let nats: OwnNats | null = null
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-full-disk-'))
  disk = await mountSmallDisk(path.join(folder, 'disk'), { mebibytes: MEBIBYTES })
})
afterEach(async () => {
  await nats?.stop()
  unmountSmallDisk(disk)
  await rm(folder, { recursive: true })
})

/** A server with our streams, whose store is on the small disk. */
async function openNats({ skip }: TestContext): Promise<OwnNats & { readonly filler: string }> {
  if ('missing' in disk) return skip(disk.missing)
  nats = await startOwnNats(`jetstream { store_dir: "${path.join(disk.path, 'store')}" }`)
  await withNats(nats.url, async (connection) => {
    const manager = await jetstreamManager(connection)
    // REJECTS would reserve more than there is.
    for (const settings of streamSettings(1)) {
      const config = { ...settings, max_bytes: -1 } as unknown as Parameters<typeof manager.streams.add>[0]
      await manager.streams.add(config)
    }
  })
  return { ...nats, filler: path.join(disk.path, 'filler') }
}

async function withNats<T>(url: string, use: (connection: Awaited<ReturnType<typeof connectNats>>) => Promise<T>) {
  const connection = await connectNats(url, 'test', createLogger('test', 'silent'))
  try {
    return await use(connection)
  } finally {
    await connection.close()
  }
}

/** Fills the disk to its last byte. */
async function fill(file: string): Promise<void> {
  const handle = await open(file, 'w')
  try {
    for (;;) await handle.write(CHUNK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    await handle.close()
  }
}

/** Null: the server stored it, else its refusal, or its silence. */
const refusal = (url: string, size = 1) =>
  withNats(url, async (connection) => {
    try {
      const client = jetstream(connection, { timeout: 1_000 })
      await client.publish(subjects.tick('bot1'), '1'.repeat(size))
      return null
    } catch (error) {
      if (error instanceof JetStreamApiError || error instanceof TimeoutError || error instanceof RequestError)
        return error.message
      throw error
    }
  })

async function finding(url: string): Promise<Finding | undefined> {
  const unreached = { DATABASE_URL: 'postgres://user@127.0.0.1:1/db', CONSOLE_PORT: '0', TRADER_PORT: '0' }
  const ports = { RISK_GUARDIAN_PORT: '0', PERSISTER_PORT: '0' }
  const { stdout } = await runCommandWith({ NATS_URL: url, ...unreached, ...ports }, 'doctor', '--json')
  const { findings } = JSON.parse(stdout) as { findings: Finding[] }
  return findings.find(({ check }) => check === 'room on NATS')
}

test('a NATS that was started on a full disk is a fault until it is started again, once there is room', async (context) => {
  const { version } = await findNatsServer()
  if (!isAtLeast(version, OLDEST)) context.skip(`nats-server ${version} does not tell; ${OLDEST} or newer does`)
  const { url, restart, filler } = await openNats(context)
  // The limit that it chooses is below what it holds already.
  expect(await refusal(url, 16_384)).toBeNull()
  expect(await finding(url)).toMatchObject({ status: 'ok' })
  const stored = () =>
    withNats(url, async (connection) => (await (await jetstreamManager(connection)).streams.info(streams.inputs)).state)
  const before = await stored()

  await fill(filler)
  await restart()
  expect(await refusal(url)).toContain('insufficient resources')
  expect(await finding(url)).toMatchObject({ status: 'fault', advice: expect.stringContaining('restart NATS') })

  rmSync(filler)
  expect(await refusal(url)).toContain('insufficient resources')
  expect(await finding(url)).toMatchObject({ status: 'fault' })

  await restart()
  expect(await finding(url)).toMatchObject({ status: 'ok' })
  // Nothing that the doctor tried was stored.
  expect(await stored()).toEqual(before)
  expect(await refusal(url)).toBeNull()
})

test('a NATS whose disk fills while it runs takes messages again after there is room and it was restarted', async (context) => {
  const { url, restart, filler } = await openNats(context)
  expect(await refusal(url)).toBeNull()

  await fill(filler)
  // The last page of the disk may still take a small one.
  expect(await refusal(url, 16_384)).not.toBeNull()
  rmSync(filler)
  await restart()

  expect(await refusal(url)).toBeNull()
  const { state } = await withNats(url, async (connection) =>
    (await jetstreamManager(connection)).streams.info(streams.inputs),
  )
  expect(state.last_seq).toBeGreaterThanOrEqual(2)
})
