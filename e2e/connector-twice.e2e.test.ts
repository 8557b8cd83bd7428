import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FakeFreqtrade } from '@drawbridge/connector/fake-freqtrade'
import type { ConnectorReport } from '@drawbridge/contracts'
import { provision } from '@drawbridge/service-kit'
import { eventually, type ServiceProcess, spawnService, validConfig } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeWorkFolder } from './npm-start.ts'
import { type SecuredNats, startSecuredNats } from './security/secured-nats.ts'

const LIMITS = { max_daily_loss: 5, daily_loss_ends: 'manual', max_drawdown: null, confirm_jump: null }

let folder: Awaited<ReturnType<typeof makeWorkFolder>>
let bot: FakeFreqtrade
let nats: SecuredNats | null = null
const running: ServiceProcess[] = []

beforeEach(async () => {
  folder = await makeWorkFolder()
  bot = await FakeFreqtrade.open()
  await writeFile(join(folder.path, 'password'), 'SuperSecret1!')
  const connectors = { bot1: bot.connector(join(folder.path, 'password')) }
  await writeFile(join(folder.path, 'config.json'), JSON.stringify({ limits: LIMITS, connectors }))
})
afterEach(async () => {
  for (const service of running.splice(0)) await service.stop()
  await nats?.close()
  nats = null
  await bot.close()
  await folder.remove()
})

/** A server with a guardian. @param edit of its configuration */
async function openNats(edit?: (configuration: string) => string): Promise<SecuredNats> {
  const opened = await startSecuredNats([], null, [], false, edit)
  nats = opened
  const admin = await opened.connect('admin', { inboxPrefix: '_INBOX_admin' })
  await provision(admin, validConfig({ limits: LIMITS }, { NATS_NKEY_SEED_FILE: opened.seedFile('admin') }))
  await admin.close()
  await spawn(opened, 'risk-guardian', 'guardian')
  return opened
}

async function spawn(on: SecuredNats, service: 'risk-guardian' | 'connector', user: string): Promise<ServiceProcess> {
  const process = spawnService(service, {
    NATS_URL: on.url,
    NATS_NKEY_SEED_FILE: on.seedFile(user),
    CONFIG_FILE: join(folder.path, 'config.json'),
    LOG_LEVEL: 'info',
  })
  running.push(process)
  await process.waitForPort()
  return process
}

async function reportOf(service: ServiceProcess): Promise<ConnectorReport | undefined> {
  const answer = await fetch(`${await service.url()}/api/connectors`)
  return ((await answer.json()) as { connectors: readonly ConnectorReport[] }).connectors[0]
}
const tellsTheOther = async (service: ServiceProcess) =>
  (await reportOf(service))?.faults.some(({ task }) => task === 'run-alone') === true
const ours = () => bot.standing.filter(({ reason }) => reason?.startsWith('drawbridge:bot1 '))

test('of two processes with one connector both tell it, and when the first is killed the other one does its work', async () => {
  const on = await openNats()
  const first = await spawn(on, 'connector', 'connector')
  await eventually(async () => (await reportOf(first))?.reading?.equity === '1000', { what: 'the first reading' })
  const second = await spawn(on, 'connector', 'connector')
  await eventually(async () => (await tellsTheOther(first)) && (await tellsTheOther(second)), {
    what: 'both to tell it',
  })
  expect((await reportOf(second))?.reading).toBeNull()

  first.kill('SIGKILL')
  await first.exited
  bot.cash = 900
  await eventually(() => ours().length === 1, { what: 'the second to block', timeoutMs: 40_000 })
  await eventually(async () => !(await tellsTheOther(second)), { what: 'the fault to be over' })
  // Everything went by the least rights on NATS.
  expect(await on.complaints()).toEqual([])
})

test('a connector works on with the nats.conf of an older version, and says once what mends it', async () => {
  const on = await openNats((configuration) => {
    const older = configuration.replace(
      /("guardian\.heartbeat"\s+)"connector\.report\.\*"\s+(\]\s+\}\s+\}\s+\]\s+exports)/,
      '$1$2',
    )
    expect(older).not.toBe(configuration)
    return older
  })
  const connector = await spawn(on, 'connector', 'connector')
  bot.cash = 900
  await eventually(async () => (await reportOf(connector))?.reading?.equity === '900', { what: 'a reading' })
  bot.cash = 800
  await eventually(() => ours().length === 1, { what: 'the block' })
  const warnings = connector.lines().filter(({ advice }) => String(advice).includes('nats-users -- --write-config'))
  expect(warnings).toHaveLength(1)
  expect(await tellsTheOther(connector)).toBe(false)
})
