import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { type ConnectorReport, decodeConnectorReport, subjects } from '@drawbridge/contracts'
import { hearPublished } from '@drawbridge/nats'
import { eventually } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConnectorScene, notesOf, standsOf } from './connector-scene.ts'
import { FakeServer } from './fake-server.ts'

let scene: ConnectorScene
let bank: FakeServer

beforeAll(async () => {
  scene = await ConnectorScene.open()
  bank = await FakeServer.open()
})
afterAll(async () => {
  await scene.close()
  await bank.close()
})

const connector = (path: string) => ({
  adapter: 'generic',
  equity_url: `${bank.url}${path}`,
  equity_at: '/equity',
  currency: 'USD',
  every_seconds: 1,
})

test('how each connector does is told over HTTP, on NATS and in metrics', async () => {
  bank.on('GET /well', { body: { equity: 1000 } })
  bank.on('GET /ill', { status: 403, body: 'no' })
  const reports = new Map<string, ConnectorReport>()
  const stop = hearPublished(scene.scene.connection, subjects.connectorReport('*'), ({ data }) => {
    const report = decodeConnectorReport(data)
    if (report.ok) reports.set(report.value.connector, report.value)
  })
  const service = await scene.connect({ well: connector('/well'), ill: connector('/ill') })
  await eventually(() => reports.get('well')?.reading && reports.get('ill')?.faults.length, { what: 'both reports' })

  expect(reports.get('well')).toMatchObject({
    adapter: 'generic',
    trader: 'well',
    reads: true,
    acts: false,
    canBlock: false,
    reading: { equity: '1000', currency: 'USD' },
    faults: [],
  })
  expect(reports.get('ill')?.faults).toEqual([
    expect.objectContaining({ task: 'read', kind: 'refused', reason: 'it answers 403, the key may not do this: no' }),
  ])
  const url = await service.url()
  const { connectors } = (await (await fetch(`${url}/api/connectors`)).json()) as { connectors: object[] }
  expect(connectors).toHaveLength(2)
  const ready = (await (await fetch(`${url}/readyz`)).json()) as { notes: { blocking?: string } }
  expect(ready.notes.blocking).toContain('no connector stops entries of well: "well" only reads')
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toMatch(/connector_fault\{[^}]*connector="ill"[^}]*task="read"[^}]*\} 1/)
  expect(metrics).toMatch(/connector_fault\{[^}]*connector="well"[^}]*task="read"[^}]*\} 0/)
  expect(metrics).toMatch(/connector_readings_total\{[^}]*connector="well"[^}]*\} [1-9]/)
  stop()
  await service.stop()
})

test('what is sent to a connector that takes nothing is refused as for one that is not there', async () => {
  bank.on('GET /well', { body: { equity: 1000 } })
  const service = await scene.connect({ well: connector('/well') })
  const url = await service.url()
  const answers = await Promise.all(
    ['well', 'none'].map((name) => fetch(`${url}/connectors/${name}/order`, { method: 'POST', body: '{}' })),
  )
  expect(answers.map(({ status }) => status)).toEqual([404, 404])
  const [known, unknown] = await Promise.all(answers.map((answer) => answer.text()))
  expect(known).toBe(unknown)
  await service.stop()
})

test('without a connector the service says what to do', async () => {
  await expect(scene.connect({})).rejects.toThrow(
    'no connectors are configured: add one to "connectors" in config.json',
  )
})

test('a secret that the other side answers is told nowhere', async () => {
  const token = 'token-of-the-account-1234567890'
  bank.on('GET /echo', ({ headers }) => ({ status: 403, body: `${'.'.repeat(170)} ${headers.authorization}` }))
  const told: string[] = []
  const stop = hearPublished(scene.scene.connection, subjects.connectorReport('echo'), ({ data }) => {
    told.push(Buffer.from(data).toString())
  })
  const service = await scene.connect({
    echo: { ...connector('/echo?key=key-in-the-address'), token_file: await scene.scene.writeFile('token', token) },
    parsed: { ...connector('/well'), equity_url: 'http://127.0.0.1:1/x?key=pass-in-the-address' },
  })
  await eventually(() => told.some((report) => report.includes('answers 403')), { what: 'the report' })
  const url = await service.url()
  const ask = async (path: string) => (await fetch(`${url}${path}`)).text()
  await eventually(async () => (await ask('/readyz')).includes('parsed cannot read'), {
    what: 'the fault of the other',
  })
  const everything = [...told, await ask('/api/connectors'), await ask('/readyz'), JSON.stringify(service.lines())]
  for (const text of everything) expect(text).not.toMatch(/token-of|key-in|pass-in/)
  stop()
  await service.stop()
})

test('a key that is replaced in its file counts without a restart, also while the old one is accepted', async () => {
  bank.on('GET /keyed', { body: { equity: 1000 } })
  const file = await scene.scene.writeFile('rotated', 'the-first-key')
  const service = await scene.connect({ keyed: { ...connector('/keyed'), token_file: file } })
  const keys = () => bank.askedFor('GET /keyed').map(({ headers }) => headers.authorization)
  await eventually(() => keys().includes('Bearer the-first-key'), { what: 'the first key' })
  await scene.scene.writeFile('rotated', 'the-second-key')
  await eventually(() => keys().at(-1) === 'Bearer the-second-key', { what: 'the second key' })
  await service.stop()
})

test('a file of a secret that becomes a pipe stops no other connector, and is told', async () => {
  bank.on('GET /well', { body: { equity: 1000 } })
  const file = await scene.scene.writeFile('piped', 'the-key')
  const service = await scene.connect({ well: connector('/well'), piped: { ...connector('/piped'), token_file: file } })
  bank.on('GET /piped', { status: 401, body: {} })
  await eventually(async () => (await notesOf(service))?.includes('piped cannot read'), { what: 'the refusal' })
  await rm(file)
  execFileSync('mkfifo', [file])
  await eventually(async () => (await notesOf(service))?.includes(`${file} is a named pipe`), { what: 'the pipe' })
  const before = bank.askedFor('GET /well').length
  await eventually(() => bank.askedFor('GET /well').length >= before + 3, { what: 'readings of the other' })
  await service.stop()
})

test('a dry run tells no block that is not there', async () => {
  bank.on('GET /well', { body: { equity: 1000 } })
  const blocking = { block_url: `${bank.url}/block`, unblock_url: `${bank.url}/unblock` }
  const service = await scene.connect({ dry: { ...connector('/well'), ...blocking, dry_run: true } })
  const url = await service.url()
  const report = await eventually(
    async () => {
      const answer = (await (await fetch(`${url}/api/connectors`)).json()) as { connectors: ConnectorReport[] }
      return answer.connectors[0]?.wanted === 'blocked' ? answer.connectors[0] : null
    },
    { what: 'a block to be wanted, as nothing was reported' },
  )
  await eventually(() => JSON.stringify(service.lines()).includes('dry run: would act'), { what: 'what it would do' })
  expect(report).toMatchObject({ dryRun: true, stands: null })
  expect(await standsOf(service, 'dry')).toBeNull()
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/connector_blocked\{[^}]*connector="dry"[^}]*\} 0/)
  expect(bank.askedFor('POST /block')).toEqual([])
  await service.stop()
})
