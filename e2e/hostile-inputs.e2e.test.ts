import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  decodeFlags,
  decodeGlobalLimits,
  OPERATOR_COMMANDS,
  streams,
  subjects,
  TRADER_COMMANDS,
} from '@drawbridge/contracts'
import { eventually, spawnService } from '@drawbridge/testing'
import { type Publish, tick } from '@drawbridge/testing/guardian-scene'
import { Random } from '@drawbridge/testing/random'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { System } from './faults/system.ts'
import { decoderTargets } from './fuzz/decoder-targets.ts'
import { hostileBytes } from './fuzz/hostile-bytes.ts'
import { makeWorkFolder } from './npm-start.ts'

const ATTACKER = 'own'
/** What it sent by NATS may have paused the attacker; this one comes by HTTP alone. */
const BY_HTTP = 'door1'
const SEED = 20_261_129
const encoder = new TextEncoder()

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
const NESTED_TICK = `{"equity":${nested(5_000)}}`
/** The long number causes another pass over the text, which recurses. */
const NESTED_BEFORE_A_LONG_NUMBER = `{"equity":1,"x":${nested(2_276)},"y":12345678901234567}`
const LONGEST = 1_040_000

const own = (payload: string | Uint8Array): Publish => ({
  subject: subjects.tick(ATTACKER),
  payload: typeof payload === 'string' ? encoder.encode(payload) : payload,
})

/** Ticks of a megabyte, each long in another way. */
function longTick(index: number): Publish {
  const fill = ['x', '[', '9', '{"a":', '\\u0000', ' '][index % 6] ?? ''
  const text = fill.repeat(Math.floor((LONGEST - 20) / fill.length))
  return own(index % 2 === 0 ? `{"equity":1,"x":"${text}"}` : `{"equity":1,"x":${text}}`)
}

const CONCERNS_ALL: readonly string[] = [
  subjects.controlFlags,
  subjects.controlLimits,
  subjects.commandFlags('eve'),
  subjects.commandLimits('eve'),
]

/** What the fuzz makes, on subjects of the attacker; of what concerns all traders, only what nobody can read. */
function fuzzed(count: number): readonly Publish[] {
  const random = new Random(SEED)
  const inputs: Publish[] = []
  while (inputs.length < count) {
    const { samples, fields } = random.pick(decoderTargets)
    const payload = hostileBytes(random, samples, fields)
    const subject = random.pick([
      subjects.tick(ATTACKER),
      subjects.tick(ATTACKER),
      subjects.tick('__proto__'),
      subjects.tick('constructor'),
      subjects.tick('flags'),
      ...TRADER_COMMANDS.map((command) => subjects.control(command, ATTACKER)),
      ...OPERATOR_COMMANDS.map((command) => subjects.command('eve', command, ATTACKER)),
      'equity.tick',
      'control.unknown',
      'command.eve',
      'command.eve.unknown',
      ...CONCERNS_ALL,
    ])
    const concernsAll = CONCERNS_ALL.includes(subject)
    if (concernsAll && (decodeFlags(payload).ok || decodeGlobalLimits(payload).ok)) continue
    inputs.push({ subject, payload })
  }
  return inputs
}

/** Two guardians, a persister and two bots that may trade. One attack after the other: nothing is made well in between. */
let system: System

beforeAll(async () => {
  system = await System.open()
  await Promise.all([system.startPersister(), system.startGuardians(2)])
  await system.connectBots()
}, 120_000)
afterAll(() => system?.[Symbol.asyncDispose]())

/** After an attack: the attacker's next good tick is decided, guardians have not ended, and all else is as ever. */
async function expectUnharmed(): Promise<void> {
  const guardians = system.running
  const { scene } = system
  // One of the attacks may have set it to event time, or to count deposits.
  await scene.put(tick(ATTACKER, 1000, { at: new Date().toISOString(), net_deposits: 0 }))
  system.trade()
  await system.expectSoundTrades()
  expect(system.running).toEqual(guardians)
  expect(guardians).toHaveLength(2)
  const ticks = (await scene.read(streams.inputs)).filter(({ subject }) => subject === subjects.tick(ATTACKER))
  const events = await scene.eventsOf(ATTACKER)
  const decided = new Set(events.map(({ inputSeq }) => inputSeq))
  expect(ticks.filter(({ seq }) => !decided.has(seq))).toEqual([])
  expect(decided.size).toBe(events.length)
  expect(events.findLast(({ inputSeq }) => inputSeq === ticks.at(-1)?.seq)?.facts).not.toContainEqual(
    expect.objectContaining({ kind: 'tick-rejected' }),
  )
}

describe('a bot that means harm', () => {
  test('may send ticks that are nested without end: each has its event, and nobody else notices', async () => {
    const attacks = [NESTED_TICK, NESTED_BEFORE_A_LONG_NUMBER, nested(100_000), '{"equity":'.repeat(1_000)]
    await system.scene.put(...attacks.map(own), tick(ATTACKER, 1000), ...attacks.map(own))
    await expectUnharmed()
    const events = await system.scene.eventsOf(ATTACKER)
    expect(events.filter(({ type }) => type === 'tick-rejected')).toHaveLength(2 * attacks.length)
  })

  test('may send a hundred ticks of a megabyte', async () => {
    for (let index = 0; index < 100; index += 1) await system.scene.put(longTick(index))
    await expectUnharmed()
  })

  test('may send any bytes on any subject', async () => {
    await system.scene.put(...fuzzed(3_000))
    await expectUnharmed()
  })

  test('is refused by HTTP, and its next good tick opens its gate', async () => {
    const folder = await makeWorkFolder()
    const file = join(folder.path, 'config.json')
    await writeFile(file, JSON.stringify({ traders: { [BY_HTTP]: {} } }))
    const endpoint = await spawnService('trader', { NATS_URL: system.url, CONFIG_FILE: file, LOG_LEVEL: 'info' }).url()
    const report = async (body: string) => {
      const answer = await fetch(`${endpoint}/api/traders/${BY_HTTP}/equity`, { method: 'POST', body })
      return { status: answer.status, ...((await answer.json()) as { error?: { message: string } }) }
    }
    for (const body of [NESTED_TICK, NESTED_BEFORE_A_LONG_NUMBER]) {
      expect(await report(body)).toMatchObject({ status: 400, error: { message: expect.stringContaining('nested') } })
    }
    expect(await report(nested(100_000))).toMatchObject({ status: 413 })
    expect([200, 202]).toContain((await report('{"equity":1000}')).status)
    const mayTrade = async () => {
      const verdict = await fetch(`${endpoint}/api/traders/${BY_HTTP}/can-trade`)
      return ((await verdict.json()) as { allowed: boolean }).allowed
    }
    await eventually(mayTrade, { timeoutMs: 30_000, what: 'the gate to open' })
    await expectUnharmed()
    await folder.remove()
  })
})
