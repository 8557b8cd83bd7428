import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { eventually, type ServiceHere } from '@drawbridge/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConnectorScene, notesOf, standsOf, whyUnread } from '../connector-scene.ts'

const COMMAND = fileURLToPath(new URL('command.mjs', import.meta.url))

let scene: ConnectorScene

beforeAll(async () => {
  scene = await ConnectorScene.open()
})
afterAll(() => scene.close())

/** The account of the command: it answers what the file says, and writes there what it was told. */
const write = (name: string, account: object) => scene.scene.writeFile(`${name}.json`, JSON.stringify(account))
const byCommand = (file: string, more: object = {}) => ({
  adapter: 'generic',
  command: [process.execPath, COMMAND, file],
  every_seconds: 1,
  calls_per_minute: 60_000,
  ...more,
})
const callsIn = async (file: string): Promise<readonly { call: string; reason?: string }[]> =>
  JSON.parse(await readFile(file, 'utf8')).calls ?? []

test('a command tells the equity, and is told to block and to allow entries', async () => {
  const file = await write('bot1', { equity: '1000.5', currency: 'USDT', balance: 990 })
  const service = await scene.connect({ bot1: byCommand(file, { can: ['block'] }) })
  await eventually(async () => (await scene.ticks('bot1')).length > 0, { what: 'a tick' })
  expect((await scene.ticks('bot1'))[0]).toMatchObject({ equity: '1000.5', balance: '990', currency: 'USDT', seq: 1 })
  await eventually(async () => (await standsOf(service, 'bot1')) === 'open', { what: 'entries to be allowed' })
  await scene.pause('bot1', 'news')
  await eventually(async () => (await callsIn(file)).length === 1, { what: 'the block' })
  await scene.resume('bot1')
  const calls = await eventually(async () => (await callsIn(file)).length === 2 && callsIn(file), { what: 'the end' })
  await service.stop()

  expect(calls).toEqual([{ call: 'block', reason: expect.stringContaining('news') }, { call: 'unblock' }])
})

test('what a person closed stays closed where the command says that its block changed nothing', async () => {
  const file = await write('bot7', { equity: 1000, currency: 'USD', closed: true })
  const service = await scene.connect({ bot7: byCommand(file, { can: ['block'] }) })
  await eventually(async () => (await standsOf(service, 'bot7')) === 'open', { what: 'entries to be allowed' })
  await scene.pause('bot7', 'news')
  await eventually(async () => (await standsOf(service, 'bot7')) === 'blocked', { what: 'the block' })
  await scene.resume('bot7')
  await eventually(async () => (await standsOf(service, 'bot7')) === 'open', { what: 'the end of the pause' })
  await service.stop()

  expect(await callsIn(file)).toEqual([{ call: 'block', reason: expect.stringContaining('news') }])
})

test('a command that crashes is told with its last words, started again, and believed again', async () => {
  const file = await write('bot2', { crash: true })
  const service = await scene.connect({ bot2: byCommand(file) })
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  expect(note).toBe('bot2 cannot read: the command ended with exit code 3: Traceback: the terminal is closed')

  await write('bot2', { equity: 7, currency: 'USD' })
  await eventually(async () => (await scene.ticks('bot2')).length === 1, { what: 'a tick' })
  await service.stop()
})

test('a command that writes a line without end is ended, and believed again once it writes answers', async () => {
  const file = await write('bot5', { endless: true })
  const service = await scene.connect({ bot5: byCommand(file) })
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  expect(note).toBe('bot5 cannot read: the command ended with SIGKILL')

  await write('bot5', { equity: 7, currency: 'USD' })
  await eventually(async () => (await scene.ticks('bot5')).length === 1, { what: 'a tick' })
  await service.stop()
})

const UNUSABLE: readonly (readonly [what: string, answer: object, reason: string])[] = [
  ['an error', { error: 'no terminal' }, 'no terminal'],
  ['an error that needs a person', { error: 'the account is closed', kind: 'refused' }, 'the account is closed'],
  ['an error that is no text', { error: { code: 7 } }, '{"code":7}'],
  ['a success around a failure', { ok: false, reason: 'no broker', equity: 0, currency: 'USD' }, 'no broker'],
  ['no currency', { equity: 1 }, '"currency" is missing'],
  ['a number that is none', { equity: 'NaN', currency: 'USD' }, '"equity" must be a decimal like'],
  ['a number beyond all bounds', { equity: '1e300', currency: 'USD' }, '"equity" must be below 1e15'],
  ['a null', { equity: null, currency: 'USD' }, '"equity" must be a number or a decimal string, got null'],
]

describe('an answer that cannot be used', () => {
  let service: ServiceHere

  beforeAll(async () => {
    const connectors = UNUSABLE.map(async ([, answer], index) => {
      const name = `bad${index}`
      return [name, byCommand(await write(name, answer))] as const
    })
    service = await scene.connect(Object.fromEntries(await Promise.all(connectors)))
  })
  afterAll(() => service.stop())

  test.each(UNUSABLE.map(([what, , reason], index) => [what, reason, `bad${index}`]))(
    'a command that answers with %s reports nothing, and operators are told',
    async (_what, reason, name) => {
      const told = await eventually(() => whyUnread(service, name), { what: 'the fault' })
      expect(told).toContain(reason)
      expect(await scene.ticks(name)).toEqual([])
    },
  )
})

test('an error of null is none: so programs write it that have nothing to tell', async () => {
  const file = await write('bot6', { error: null, equity: 7, currency: 'USD' })
  const service = await scene.connect({ bot6: byCommand(file) })
  await eventually(async () => (await scene.ticks('bot6')).length === 1, { what: 'a tick' })
  await service.stop()
})

test('a program that does not exist is told, and not as something that passes', async () => {
  const service = await scene.connect({ bot4: { adapter: 'generic', command: ['/no/such/program'] } })
  const note = await eventually(() => notesOf(service), { what: 'the note' })
  await service.stop()

  expect(note).toBe('bot4 cannot read: there is no such program or file (ENOENT)')
})
