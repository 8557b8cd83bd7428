import { runDrawbridge } from '@drawbridge/cli'
import { streams } from '@drawbridge/contracts'
import { provision } from '@drawbridge/service-kit'
import { callProgram, eventually, validConfig } from '@drawbridge/testing'
import { command, tick } from '@drawbridge/testing/guardian-scene'
import { expect, test } from 'vitest'
import { cutTail } from './faults/damage.ts'
import type { GuardianProcess } from './faults/guardian-process.ts'
import { System } from './faults/system.ts'

/** Two or three of the last inputs. */
const CUT_BYTES = 300
const MORE = 20

const ticks = (trader: string, from: number) => Array.from({ length: MORE }, (_, index) => tick(trader, from + index))

/** A paused trader, and others after it. */
async function open(): Promise<System> {
  const system = await System.open()
  await Promise.all([system.startPersister(), system.startGuardians(1)])
  await system.scene.put(tick('rested', 1000), command('pause', 'rested', { reason: 'holiday', by: 'ada' }))
  await system.scene.put(...ticks('other', 1000))
  await system.settled()
  return system
}

/** Puts inputs as soon as the server accepts them. */
const putAgain = ({ scene }: System) =>
  eventually(() => scene.put(...ticks('other', 2000)), { what: 'the server to accept inputs' })

async function expectRefuses(guardian: GuardianProcess | undefined, reason: RegExp): Promise<void> {
  expect(await guardian?.process.exited).toEqual({ code: 1, signal: null })
  expect(JSON.stringify(guardian?.process.lines())).toMatch(reason)
}

test('a starting guardian refuses an input log that lost its end, although other inputs took the sequences', async () => {
  await using system = await open()
  for (const guardian of system.guardians) await guardian.kill()

  await cutTail(system.server, streams.inputs, CUT_BYTES)
  await putAgain(system)

  await expectRefuses(system.spawnGuardian(), /INPUTS holds another input \d+ .*docs\/recovery\.md/)
})

test('a running guardian refuses an input log that lost its end, and continues after it is adopted', async () => {
  await using system = await open()
  const { scene } = system

  await cutTail(system.server, streams.inputs, CUT_BYTES)
  await putAgain(system)

  await expectRefuses(system.guardians[0], /INPUTS (holds another input|ends at) \d+/)
  const before = (await scene.eventsOf('other')).length

  // As docs/recovery.md says.
  await system.persister?.expectHistoryIsLog(scene)
  for (const stream of [streams.inputs, streams.risk]) await scene.manager.streams.delete(stream)
  await provision(scene.connection, validConfig())
  const env = { NATS_URL: system.url, DATABASE_URL: system.persister?.database.url ?? '' }
  const adopted = await callProgram(
    (context) => runDrawbridge(['adopt-log', '--by', 'ada', '--reason', 'INPUTS lost its end'], context),
    env,
  )
  expect(adopted, adopted.stderr).toMatchObject({ code: 0 })
  await system.startGuardians(1)
  await scene.put(tick('rested', 990), tick('other', 3000))
  const newest = async (trader: string) =>
    (await scene.eventsOf(trader)).at(-1) as { tickSeq: unknown; version: number }
  await eventually(async () => (await newest('other')).version > before, { what: 'the last tick to be decided' })
  expect(await newest('other')).toMatchObject({ version: before + 1, state: { equity: '3000' } })
  expect(await newest('rested')).toMatchObject({ state: { equity: '990' }, decision: { reason: 'operator: holiday' } })
})
