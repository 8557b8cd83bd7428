import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { decodeConfigEvent, type LimitsEvent, streams, subjects } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { runProgram } from '@drawbridge/service-kit/program'
import { callProgram, type Finished, infrastructure } from '@drawbridge/testing'
import { flags, limits, Scene } from '@drawbridge/testing/guardian-scene'
import { runCommandWith, spawnCommandWith } from '@drawbridge/testing/run-command'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { applyConfigWithin } from '../apply-config.ts'

let scene: Scene
let folder: string
beforeEach(async () => {
  scene = await Scene.open()
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-apply-'))
  const usual = { stop_trading_minutes: 60, stale_after_seconds: 300, confirm_jump: { percent: 20, seconds: 5 } }
  await scene.put(limits({ max_daily_loss: 10, max_drawdown: 20, ...usual }))
  await scene.put(flags({ enable_persistence: true }))
})
afterEach(async () => {
  await scene.close()
  await rm(folder, { recursive: true })
})

async function settings(content: object): Promise<Record<string, string>> {
  const file = path.join(folder, 'config.json')
  await writeFile(file, JSON.stringify(content))
  return { CONFIG_FILE: file }
}

async function applySettings(content: object, ...options: readonly string[]): Promise<Finished> {
  return runCommandWith(await settings(content), 'apply-config', ...options)
}

async function inForce(): Promise<LimitsEvent> {
  const last = await lastMessage(scene.manager, streams.risk, subjects.config('limits'))
  const event = decodeConfigEvent('limits', last?.data ?? new Uint8Array())
  if (!event.ok || event.value.kind !== 'limits') throw new Error('the log has no limits')
  return event.value
}

const LONG = { window: 'week', reference: { kind: 'start', of: 'equity' }, limit: { percent: 4, of: 'start-equity' } }

test('what the settings say is in force when it ends, and applying again changes nothing', async () => {
  await scene.start()
  const content = {
    limits: { max_daily_loss: 3, max_drawdown: 8, limits: { weekly: LONG } },
    traders: { bot1: { limits: { max_daily_loss: 2, limits: { weekly: { ends: 'manual' } } } } },
    enable_persistence: false,
    max_traders: 7,
  }
  const first = await applySettings(content, '--yes', '--json', '--by', 'ada', '--reason', 'tighter')
  expect(first).toMatchObject({ code: 0, stderr: '' })
  const weekly = { ...LONG, limit: { percent: '4', of: 'start-equity' } }
  expect(JSON.parse(first.stdout)).toEqual({
    done: 'now',
    changes: [
      { setting: 'enable_persistence', before: true, after: false, from: null },
      { setting: 'limits.max_daily_loss', before: '10', after: '3', from: null },
      { setting: 'limits.max_drawdown', before: '20', after: '8', from: null },
      { setting: 'limits.limits.weekly', before: 'not set', after: weekly, from: null },
      { setting: 'max_traders', before: 10_000, after: 7, from: null },
      { setting: 'traders.bot1.limits.max_daily_loss', before: 'not set', after: '2', from: null },
      { setting: 'traders.bot1.limits.limits.weekly', before: 'not set', after: { ends: 'manual' }, from: null },
    ],
    waiting: [],
  })
  expect(await inForce()).toMatchObject({
    by: `unverified:${userInfo().username}`,
    onBehalfOf: 'ada',
    reason: 'tighter',
    defaults: { maxDailyLossPct: 300_000_000n, maxDrawdownPct: 800_000_000n },
    traders: { bot1: { maxDailyLossPct: 200_000_000n } },
    maxTraders: 7,
  })
  const end = await scene.lastSeq(streams.inputs)
  const second = await applySettings(content, '--yes')
  expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to change') })
  expect(await scene.lastSeq(streams.inputs)).toBe(end)
})

test('what the settings no longer say goes back to its default, also where only one trader had it', async () => {
  await scene.start()
  await scene.put(
    limits({
      currency: 'USD',
      limits: { weekly: { ...LONG, ends: 'manual' }, monthly: { ...LONG, window: 'month' } },
      traders: { bot1: { max_drawdown: 5 } },
    }),
  )
  const { code, stdout } = await applySettings({ limits: { limits: { weekly: LONG } }, traders: { bot1: {} } }, '--yes')
  expect(code).toBe(0)
  expect(stdout).toMatch(/limits\.currency +USD +null +at once\n/)
  expect(stdout).toMatch(/limits\.limits\.weekly\.ends +manual +null +at once\n/)
  expect(stdout).toMatch(/traders\.bot1\.limits\.max_drawdown +5 +20 +at once\n/)
  expect(await inForce()).toMatchObject({
    defaults: { currency: null, named: { weekly: { ends: null }, monthly: null } },
    traders: { bot1: { maxDrawdownPct: 2_000_000_000n } },
  })
  expect((await applySettings({ limits: { limits: { weekly: LONG } }, traders: { bot1: {} } })).stdout).toContain(
    'Nothing to change',
  )
})

test('what loosens waits, the table says until when, and applying again does not begin the wait again', async () => {
  await scene.start()
  await scene.put(limits({ loosen_after_minutes: 30 }))
  const content = { limits: { max_daily_loss: 15, max_drawdown: 10, loosen_after_minutes: 30 } }
  const first = await applySettings(content, '--yes')
  expect(first.stdout).toMatch(/limits\.max_drawdown +20 +10 +at once\n/)
  expect(first.stdout).toMatch(/limits\.max_daily_loss +10 +15 +at \S+Z, because it loosens\n/)
  expect(first.stdout).toMatch(/In force now, except limits\.max_daily_loss from \S+Z on\./)
  const { defaults, pending } = await inForce()
  expect([defaults.maxDailyLossPct, defaults.maxDrawdownPct]).toEqual([1_000_000_000n, 1_000_000_000n])
  expect(pending).toMatchObject([{ defaults: { maxDailyLossPct: 1_500_000_000n } }])

  const end = await scene.lastSeq(streams.inputs)
  const second = JSON.parse((await applySettings(content, '--yes', '--json')).stdout)
  expect(second).toMatchObject({
    done: 'nothing',
    changes: [],
    waiting: [{ setting: 'limits.max_daily_loss', after: '15' }],
  })
  expect(await scene.lastSeq(streams.inputs)).toBe(end)

  await applySettings({ limits: { max_drawdown: 10, loosen_after_minutes: 30 } }, '--yes')
  expect((await inForce()).pending).toEqual([])
})

test('a dry run shows the table and changes nothing', async () => {
  await scene.start()
  const env = await settings({ limits: { max_daily_loss: 3 } })
  const end = await scene.lastSeq(streams.inputs)
  const { code, stdout } = await spawnCommandWith(env, 'apply-config', '--dry-run')
  expect(code).toBe(0)
  expect(stdout).toMatch(/setting +in force +in the settings +takes effect\n +limits\.max_daily_loss +10 +3 +at once\n/)
  expect(stdout).toContain('Nothing was changed.')
  expect(await scene.lastSeq(streams.inputs)).toBe(end)
})

test.each([
  ['y\n', 0, 'In force now.'],
  ['\n', 1, ''],
])('on a terminal it asks; the answer %j ends with %i', async (answer, code, said) => {
  await scene.start()
  const env = await settings({ limits: { max_daily_loss: 3 } })
  const stdin = Object.assign(Readable.from([answer]), { isTTY: true })
  const { applyConfig } = await import('../apply-config.ts')
  const asked = await callProgram((context) => runProgram(applyConfig, [], { ...context, stdin }), {
    NATS_URL: infrastructure().natsUrl,
    ...env,
  })
  expect(asked).toMatchObject({ code, stderr: expect.stringContaining('Put these in force? [y/N]') })
  expect(asked.stdout.endsWith(`${said}\n`)).toBe(true)
  expect((await inForce()).defaults.maxDailyLossPct).toBe(code === 0 ? 300_000_000n : 1_000_000_000n)
})

test('without a terminal and without --yes it shows the table, and changes nothing', async () => {
  await scene.start()
  const { code, stdout, stderr } = await applySettings({ limits: { max_daily_loss: 3 } })
  expect({ code, stderr }).toEqual({ code: 2, stderr: 'Nothing was changed: add --yes to put these in force.\n' })
  expect(stdout).toContain('limits.max_daily_loss')
  expect((await inForce()).defaults.maxDailyLossPct).toBe(1_000_000_000n)
})

test('settings at fault change nothing, and every fault of them is told', async () => {
  await scene.start()
  const { code, stderr } = await applySettings({ limits: { max_daily_loss: '8%', max_drawdwon: 5 } }, '--yes')
  expect(code).toBe(2)
  expect(stderr).toContain('got "8%": write 8')
  expect(stderr).toContain('did you mean "max_drawdown"?')
})

test('without a guardian it says that the commands wait, and for whom', async () => {
  const guardian = await scene.start()
  await scene.settled(guardian)
  await guardian.stop()
  const env = { NATS_URL: infrastructure().natsUrl, ...(await settings({ limits: { max_daily_loss: 3 } })) }
  const { code, stderr } = await callProgram((context) => runProgram(applyConfigWithin(100), ['--yes'], context), env)
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Is one running?') })
})

test('import-config names this command where the file is one of ours', async () => {
  const file = path.join(folder, 'config.json')
  await settings({ limits: { max_daily_loss: 3 }, traders: { bot1: {} } })
  const { code, stderr } = await runCommandWith({}, 'import-config', file)
  expect(code).toBe(2)
  expect(stderr).toContain(`CONFIG_FILE=${file} npm run drawbridge -- apply-config`)
})
