import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { generic } from '../../src/adapters/generic/generic.ts'
import { FakeServer } from '../fake-server.ts'
import { openAlone } from '../open-alone.ts'

const COMMAND = fileURLToPath(new URL('command.mjs', import.meta.url))
const UNKNOWN = { read: true, trade: null, withdraw: null }

test('an examination shows what stands at each place of the answer, as the other side wrote it', async () => {
  const bank = await FakeServer.open()
  bank.on('GET /account', { body: { equity: '1000.50', balance: null, time: 1_767_225_600 } })
  const account = openAlone(generic, {
    equity_url: `${bank.url}/account`,
    equity_at: '/equity',
    balance_at: '/balance',
    net_deposits_at: '/deposits',
    time_at: '/time',
    currency: 'EUR',
  })
  const examined = await account.examine?.(AbortSignal.timeout(10_000))
  expect(examined).toEqual({
    fields: [
      ['/equity', '1000.50'],
      ['currency', 'EUR'],
      ['/balance', 'null'],
      ['/deposits', 'is missing'],
      ['/time', '1767225600'],
    ],
    clock: expect.any(Number),
    rights: UNKNOWN,
    notes: [],
  })
  bank.on('GET /account', { status: 401 })
  expect(await account.examine?.(AbortSignal.timeout(10_000))).toMatchObject({ kind: 'refused' })
  await bank.close()
})

test('an examination of a command shows what it answers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'generic-'))
  const file = join(folder, 'account.json')
  await writeFile(file, JSON.stringify({ equity: 7.5, currency: 'USD' }))
  const account = openAlone(generic, { command: [process.execPath, COMMAND, file] })
  expect(await account.examine?.(AbortSignal.timeout(10_000))).toEqual({
    fields: [
      ['"equity"', '7.5'],
      ['"currency"', 'USD'],
    ],
    clock: null,
    rights: UNKNOWN,
    notes: [],
  })
  await account.close?.()
  await rm(folder, { recursive: true })
})
