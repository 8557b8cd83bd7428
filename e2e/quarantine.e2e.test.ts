import { fileURLToPath } from 'node:url'
import { headerNames, streams, subjects } from '@drawbridge/contracts'
import { readRemovedInputs } from '@drawbridge/service-kit'
import { eventually } from '@drawbridge/testing'
import { tick } from '@drawbridge/testing/guardian-scene'
import { describe, expect, test } from 'vitest'
import { GuardianProcess } from './faults/guardian-process.ts'
import { HARMFUL_EQUITY } from './faults/harmful-equity.ts'
import { System } from './faults/system.ts'

const ABORT_AT = fileURLToPath(new URL('faults/abort-at.ts', import.meta.url))
/** More starts than this break the promise. */
const STARTS_MAX = 7

/** A guardian that crashes at one equity. */
function spawnFragile(system: System): GuardianProcess {
  const guardian = new GuardianProcess(system.url, { LEASE_SECONDS: '2', NODE_OPTIONS: `--import=${ABORT_AT}` })
  system.guardians.push(guardian)
  return guardian
}

/** Restarts it each time it ends, until all inputs are decided. Returns the number of starts. */
async function superviseUntilSettled(system: System): Promise<number> {
  const end = await system.scene.lastSeq(streams.inputs)
  for (let starts = 1; starts <= STARTS_MAX; starts += 1) {
    const guardian = spawnFragile(system)
    const isSettled = async () => (await guardian.metric('guardian_settled_sequence')) >= end
    // A guardian that has exited does not answer.
    const done = eventually(async () => !guardian.isRunning || (await isSettled().catch(() => false)), {
      timeoutMs: 60_000,
      what: 'the guardian to settle all, or to end',
    })
    await done
    if (guardian.isRunning) return starts
    expect(await guardian.process.exited).toMatchObject({ signal: 'SIGABRT' })
  }
  return STARTS_MAX + 1
}

/** Inputs of two traders, including the one that crashes guardians. Returns its sequence. */
async function putInputs({ scene }: System): Promise<number> {
  await scene.put(tick('bot1', 1000), tick('bot2', 500), tick('bot2', 501))
  const harmful = await scene.put(tick('bot1', HARMFUL_EQUITY))
  await scene.put(...Array.from({ length: 20 }, (_, index) => tick(index % 2 === 0 ? 'bot1' : 'bot2', 990 + index)))
  return harmful
}

/** The input is in no trader's log, every other one is; REJECTS and RISK have the reason. */
async function expectQuarantined(system: System, harmful: number): Promise<void> {
  const { scene } = system
  const inputs = (await scene.read(streams.inputs)).filter(({ subject }) => subject.startsWith('equity.tick.'))
  const events = [...(await scene.eventsOf('bot1')), ...(await scene.eventsOf('bot2'))]
  const decided = events.map(({ inputSeq }) => Number(inputSeq)).sort((a, b) => a - b)
  expect(decided).toEqual(inputs.map(({ seq }) => seq).filter((seq) => seq !== harmful))
  const removed = await readRemovedInputs(scene.connection)
  expect([...removed.keys()]).toEqual([harmful])
  expect(removed.get(harmful)).toMatchObject({
    subject: subjects.tick('bot1'),
    reason: expect.stringMatching(/^quarantined/),
  })
  const rejects = await scene.rejects()
  expect(rejects.map(({ header }) => header(headerNames.rejectSequence))).toEqual([String(harmful)])
}

describe('an input that ends the process of a guardian', () => {
  test('is quarantined after a few starts, and all else is decided; others leave it out, too', async () => {
    await using system = await System.open()
    const harmful = await putInputs(system)
    expect(await superviseUntilSettled(system)).toBeLessThanOrEqual(STARTS_MAX)
    await expectQuarantined(system, harmful)
    expect(await system.sum('guardian_inputs_quarantined_total')).toBe(1)

    await system.startGuardians(1)
    await system.settled()
    await system.scene.put(tick('bot1', 900))
    await system.settled()
    await expectQuarantined(system, harmful)
    expect(await system.sum('guardian_divergence_total')).toBe(0)
  })

  test('is quarantined by two guardians as by one', async () => {
    await using system = await System.open()
    const harmful = await putInputs(system)
    const starts = await Promise.all([superviseUntilSettled(system), superviseUntilSettled(system)])
    expect(Math.max(...starts)).toBeLessThanOrEqual(STARTS_MAX)
    await expectQuarantined(system, harmful)
  })
})
