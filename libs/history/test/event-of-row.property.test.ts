import { encodeRiskEvent, type RiskEvent, toJsonBytes } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, type Configuration, INITIAL_STATE } from '@drawbridge/risk-engine'
import { entryOf, type LogEntry, type Position, type Scenario, scenarios, step } from '@drawbridge/testing/engine'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventOfRow, type NewestRow, type StoredDetail } from '../src/core/event-of-row.ts'
import { historyRow } from '../src/core/history-row.ts'

/** An event with the configuration that its `configVersion` names. */
interface Made {
  readonly event: RiskEvent
  readonly configuration: Configuration
}

/** What a bot says beside its equity. */
type Beside = { readonly seq?: number; readonly run?: string | null | number; readonly currency?: string }

/** @param beside what the ticks say beside their equity, by the place of the step */
function eventsOf(scenario: Scenario, beside: readonly Beside[] = []): Made[] {
  const configurations = new Map([[0, BUILT_IN_CONFIGURATION]])
  const made: Made[] = []
  const defaults = entryOf({ kind: 'defaults', time: 0, limits: scenario.limits })
  let position: Position = step({ state: INITIAL_STATE, configuration: BUILT_IN_CONFIGURATION }, defaults, 1)
  for (const [index, input] of scenario.steps.entries()) {
    configurations.set(position.configuration.version, position.configuration)
    const { decision, ...to } = step(position, withBeside(entryOf(input), beside[index] ?? {}), index + 2)
    position = to
    configurations.set(position.configuration.version, position.configuration)
    if (decision.kind !== 'event') continue
    const { event } = decision
    made.push({ event, configuration: configurations.get(event.configVersion) ?? BUILT_IN_CONFIGURATION })
  }
  return made
}

function withBeside(entry: LogEntry, beside: Beside): LogEntry {
  if (entry.kind !== 'tick') return entry
  const message = JSON.parse(new TextDecoder().decode(entry.payload))
  return { ...entry, payload: toJsonBytes({ ...message, ...beside }) }
}

/** Few runs and counts, so that many ticks are late, sent twice, or of a run that is over; a run of 7 cannot be read. */
const besides: fc.Arbitrary<readonly Beside[]> = fc.array(
  fc.record(
    {
      seq: fc.integer({ min: 0, max: 12 }),
      run: fc.constantFrom(null, 'a', 'a', 'b', 'c', 7),
      currency: fc.constantFrom('USD', 'USD', 'EUR'),
    },
    { requiredKeys: [] },
  ),
  { minLength: 24, maxLength: 24 },
)

/** As the database gives it back: its fields in another order. */
function fromJsonb(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJsonb)
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([name, field]) => [name, fromJsonb(field)]))
}

/** The newest row of each stage of a history, as it is read from the tables. */
function newestRows(events: readonly RiskEvent[], forget: (detail: StoredDetail) => StoredDetail): NewestRow[] {
  let detailBefore: StoredDetail | null = null
  return events.map((event, index) => {
    const { detail: text, ...row } = historyRow(event, index + 7, null)
    const detail = text === null ? null : forget(fromJsonb(JSON.parse(text)) as StoredDetail)
    const newest = { row, detail, detailBefore, firstInputSeq: events[0]?.state.inputSeq ?? null }
    detailBefore = detail ?? detailBefore
    return newest
  })
}

/** A scenario in which rules version 1 decides as those of today. */
function ofVersion1(scenario: Scenario): Scenario {
  const plain = { warn_at_percent: '100', stale_after_seconds: null, loosen_after_minutes: 0 } as const
  const steps = scenario.steps.map((input) =>
    'limits' in input ? { ...input, limits: { ...input.limits, ...plain } } : input,
  )
  return { limits: { ...scenario.limits, ...plain }, steps }
}

/** As version 1 made it, and as it reads today. */
function madeByVersion1({ event, configuration }: Made): Made {
  const state = { ...event.state, warned: [], lastTickAt: null }
  return { event: { ...event, rulesVersion: 1, state }, configuration }
}

const text = (event: RiskEvent) => new TextDecoder().decode(encodeRiskEvent(event))

function recovered(rows: readonly NewestRow[], made: readonly Made[]): RiskEvent[] {
  return rows.map((newest, index) => {
    const event = eventOfRow(newest, made[index]?.configuration ?? BUILT_IN_CONFIGURATION)
    if (!event.ok) throw new Error(`${event.reason}: ${JSON.stringify(newest)}`)
    return event.value
  })
}

describe('the event of a row', () => {
  it('is the one that the row was made from, byte for byte', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const made = eventsOf(scenario)
        const rows = newestRows(
          made.map(({ event }) => event),
          (detail) => detail,
        )
        expect(recovered(rows, made).map(text)).toEqual(made.map(({ event }) => text(event)))
      }),
      { numRuns: 3_000 },
    )
  })

  it('is that as well where the bot counts its ticks, begins other runs and names a currency', () => {
    fc.assert(
      fc.property(scenarios, besides, (scenario, beside) => {
        const made = eventsOf(scenario, beside)
        const rows = newestRows(
          made.map(({ event }) => event),
          (detail) => detail,
        )
        expect(recovered(rows, made).map(text)).toEqual(made.map(({ event }) => text(event)))
      }),
      { numRuns: 3_000 },
    )
  })

  it('of rules version 1, whose rows know nothing of warnings and silence, is the one that was made', () => {
    const before = ({ lastTickAt: _, pendingLimits: __, ...detail }: StoredDetail): StoredDetail => detail
    fc.assert(
      fc.property(scenarios.map(ofVersion1), (scenario) => {
        const made = eventsOf(scenario).map(madeByVersion1)
        const events = made.map(({ event }) => event)
        expect(recovered(newestRows(events, before), made).map(text)).toEqual(events.map(text))
      }),
      { numRuns: 1_000 },
    )
  })

  it('of an older persister differs in nothing but the time of a trader that no rule has looked at since', () => {
    const older = ({ firstInputSeq: _, time: __, ...detail }: StoredDetail): StoredDetail => detail
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const made = eventsOf(scenario)
        const events = made.map(({ event }) => event)
        const read = recovered(newestRows(events, older), made)
        for (const [index, event] of events.entries()) {
          const own = read[index]?.state.time ?? null
          expect(own === event.state.time || own === event.effectiveAt).toBe(true)
          const same = { ...event, state: { ...event.state, time: own } }
          expect(read[index] === undefined ? '' : text(read[index])).toBe(text(same))
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
