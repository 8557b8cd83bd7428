import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { decodeConfigEvent, streams, subjects } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { runProgram } from '@drawbridge/service-kit/program'
import { callProgram, type Finished, infrastructure } from '@drawbridge/testing'
import { limits, Scene } from '@drawbridge/testing/guardian-scene'
import { runCommandWith, spawnCommandWith } from '@drawbridge/testing/run-command'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { importConfigWithin } from '../import-config.ts'

const NOFX = {
  traders: [{ id: 'binance_qwen', ai_model: 'qwen', qwen_key: 'hidden', initial_balance: 1000 }, { id: 'other' }],
  use_default_coins: true,
  max_daily_loss: 8.0,
  max_drawdown: 20.0,
  stop_trading_minutes: 45,
  feature_flags: { enable_risk_enforcement: false },
}

/** There are no users of NATS here: nobody vouches for that of the system. */
const BY = `unverified:${userInfo().username}`

let scene: Scene
let folder: string
beforeEach(async () => {
  scene = await Scene.open()
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-import-'))
})
afterEach(async () => {
  await scene.close()
  await rm(folder, { recursive: true })
})

async function write(content: unknown): Promise<string> {
  const file = path.join(folder, 'config.json')
  await writeFile(file, JSON.stringify(content))
  return file
}

async function importFile(content: unknown, ...options: readonly string[]): Promise<Finished> {
  return runCommandWith({}, 'import-config', await write(content), ...options)
}

async function inForce(kind: 'flags' | 'limits'): Promise<unknown> {
  const last = await lastMessage(scene.manager, streams.risk, subjects.config(kind))
  const event = decodeConfigEvent(kind, last?.data ?? new Uint8Array())
  return event.ok ? event.value : event.reason
}

test('what the file says is in force when the command ends, and importing again changes nothing', async () => {
  const running = await scene.start()
  await scene.settled(running)
  const first = await importFile(NOFX, '--by', 'ada', '--json')
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(first.stdout)).toEqual({
    done: 'now',
    changes: [
      { setting: 'enable_risk_enforcement', before: true, after: false },
      { setting: 'max_daily_loss', before: '5', after: '8' },
      { setting: 'stop_trading_minutes', before: 30, after: 45 },
      { setting: 'traders.binance_qwen.initial_balance', before: 'not set', after: '1000' },
    ],
    unknown: [
      { place: 'use_default_coins', hint: null },
      { place: 'traders[0].ai_model', hint: null },
      { place: 'traders[0].qwen_key', hint: null },
    ],
  })
  expect(await inForce('flags')).toMatchObject({
    enforcement: false,
    by: BY,
    onBehalfOf: 'ada',
    reason: 'imported from config.json',
  })
  expect(await inForce('limits')).toMatchObject({
    by: BY,
    onBehalfOf: 'ada',
    defaults: { maxDailyLossPct: 800_000_000n, dailyLossBase: 'initial-balance', stopTradingMinutes: 45 },
    traders: { binance_qwen: { initialBalance: 100_000_000_000n } },
  })

  const end = await scene.lastSeq(streams.inputs)
  const second = await importFile(NOFX)
  expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing to change') })
  expect(await scene.lastSeq(streams.inputs)).toBe(end)
})

test('a dry run shows before and after, and changes nothing', async () => {
  await scene.start()
  const end = await scene.lastSeq(streams.inputs)
  const { code, stdout } = await spawnCommandWith({}, 'import-config', await write(NOFX), '--dry-run')
  expect(code).toBe(0)
  expect(stdout).toMatch(/setting +before +after\n/)
  expect(stdout).toMatch(/max_daily_loss +5 +8\n/)
  expect(stdout).toContain('Nothing was changed.')
  expect(stdout).toContain('  traders[0].qwen_key')
  expect(stdout).not.toContain('hidden')
  expect(await scene.lastSeq(streams.inputs)).toBe(end)
})

test('a change that was asked for just before counts as what is in force', async () => {
  await scene.start()
  await scene.put(limits({ max_daily_loss: 8, stop_trading_minutes: 45 }))
  const { stdout } = await importFile({ max_daily_loss: 8, stop_trading_minutes: 45 })
  expect(stdout).toContain('Nothing to change')
})

test('a file at fault changes nothing, and every fault of it is told', async () => {
  await scene.start()
  const end = await scene.lastSeq(streams.inputs)
  const { code, stdout, stderr } = await importFile({ ...NOFX, max_daily_loss: 800, stop_trading_minutes: -1 })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('stop_trading_minutes: must be whole minutes')
  expect(await scene.lastSeq(streams.inputs)).toBe(end)
})

test('what guardians refuse is said, with their reason', async () => {
  await scene.start()
  const many = (letter: string) => Array.from({ length: 9_000 }, (_, index) => `${letter.repeat(31)}${index}`)
  const held = Object.fromEntries(many('a').map((id) => [id, { initial_balance: 1000 }]))
  await scene.put(limits({ max_traders: 1_000_000, traders: held }))
  const { code, stderr } = await importFile({ traders: many('b').map((id) => ({ id, initial_balance: 1000 })) })
  expect(code).toBe(1)
  expect(stderr).toMatch(/guardians refused input 4 of INPUTS: \S+/)
})

test('without a guardian it says that the inputs wait, and for whom', async () => {
  const file = await write(NOFX)
  const { code, stderr } = await callProgram((context) => runProgram(importConfigWithin(100), [file], context), {
    NATS_URL: infrastructure().natsUrl,
  })
  expect(code).toBe(1)
  expect(stderr).toContain('Is one running?')
})

test.each([
  [[], 'the file is missing'],
  [['missing.json'], 'missing.json cannot be read'],
  [['a.json', 'b.json'], 'unexpected "b.json"'],
  [['a.json', '--by', ' '], '--by must be'],
])('%j is refused with the reason', async (args, reason) => {
  const { code, stdout, stderr } = await runCommandWith({}, 'import-config', ...args)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(reason)
})
