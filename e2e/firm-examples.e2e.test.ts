import { subjects } from '@drawbridge/contracts'
import { FIRM_EXAMPLES, type FirmExample, settingsMessage } from '@drawbridge/testing/engine'
import { command } from '@drawbridge/testing/guardian-scene'
import { describe, expect, test } from 'vitest'
import { shared } from './faults/shared.ts'
import { System } from './faults/system.ts'
import { query } from './history.ts'

/** The events of an example's readings, and the floors that the history has of each. */
interface Told {
  readonly types: readonly string[]
  readonly broken: readonly (readonly string[])[]
  readonly floors: readonly Readonly<Record<string, number>>[]
}

describe('the whole system judges the worked examples that firms publish', () => {
  const lived = shared(async () => {
    const system = await System.open()
    const [persister] = await Promise.all([system.startPersister(), system.startGuardians(1)])
    for (const example of FIRM_EXAMPLES) await live(system, example)
    await system.settled()
    await persister.expectHistoryIsLog(system.scene)
    return system
  })

  test.each(FIRM_EXAMPLES.map((example) => [example.id, example] as const))(
    '%s',
    async (id, { steps, expect: said }) => {
      const system = await lived()
      const { types, broken, floors } = await toldOf(system, id)
      const stops = steps.map((_, index) => (index === said.breach.step ? [said.breach.rule] : []))

      expect(broken).toEqual(stops)
      expect(types[said.breach.step]).toBe('breach')
      for (const [index, wanted] of Object.entries(said.floors)) {
        const amounts = Object.entries(wanted).map(([name, floor]) => [name, Number(floor)])
        expect(floors[Number(index)]).toMatchObject(Object.fromEntries(amounts))
      }
    },
  )

  test('and holds each account at its end', async () => {
    const system = await lived()
    const { url } = system.persister?.database ?? { url: '' }
    const held = `SELECT trader_id FROM risk_state WHERE decision_code = 'limit'`
    expect((await query(url, held)).length).toBe(FIRM_EXAMPLES.length)
  })
})

/** The account of an example, with its limits, in the time of its readings. */
async function live({ scene }: System, { id, initial_balance, day, rules, steps }: FirmExample): Promise<void> {
  const config = { initial_balance, day, limits: rules, confirm_jump: null, stale_after_seconds: null }
  await scene.put(command('limits', id, { ...settingsMessage(config), time_base: 'event' }))
  for (const step of steps) await scene.put({ subject: subjects.tick(id), payload: Buffer.from(JSON.stringify(step)) })
}

async function toldOf({ scene, persister }: System, trader: string): Promise<Told> {
  const [, ...events] = await scene.eventsOf(trader)
  const rows = await query<{ floors: Record<string, number> }>(
    persister?.database.url ?? '',
    `SELECT jsonb_object_agg(limit_name, line) AS floors
     FROM risk_state_history CROSS JOIN LATERAL risk_limits_of(limit_states)
     WHERE trader_id = '${trader}' AND version > 1 GROUP BY version ORDER BY version`,
  )
  return {
    types: events.map(({ type }) => String(type)),
    broken: events.map(({ facts }) =>
      (facts as { kind: string; rule: string }[]).flatMap((fact) => (fact.kind === 'breached' ? [fact.rule] : [])),
    ),
    floors: rows.map(({ floors }) => floors),
  }
}
