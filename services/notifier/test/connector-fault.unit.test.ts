import { type ConnectorFault, type ConnectorReport, formatInstant } from '@drawbridge/contracts'
import { describe, expect, test } from 'vitest'
import { expectedConnector, happenedAt, heardConnector } from '../src/core/connector-fault.ts'

const NOON = Date.UTC(2026, 0, 1, 12)
const after = (seconds: number) => NOON + 1_000 * seconds
const fault = (task: ConnectorFault['task'], more: Partial<ConnectorFault> = {}): ConnectorFault => ({
  task,
  kind: 'refused',
  reason: `${task} is refused`,
  advice: 'see the key',
  since: formatInstant(NOON),
  ...more,
})
const report = (faults: readonly ConnectorFault[], more: Partial<ConnectorReport> = {}): ConnectorReport => ({
  connector: 'broker',
  adapter: 'generic',
  trader: 'bot1',
  instance: 'i',
  reads: true,
  acts: true,
  dryRun: false,
  wanted: null,
  stands: null,
  reading: null,
  faults: [...faults],
  ...more,
})
const heard = (faults: readonly ConnectorFault[], more: Partial<ConnectorReport> = {}) =>
  heardConnector(undefined, report(faults, more), NOON)
const told = (connector: ReturnType<typeof heard>, seconds: number) => {
  const heardNow = { ...connector, heardAt: after(seconds) }
  return happenedAt(heardNow, after(seconds))?.notices.map(({ severity, facts }) => [severity, facts.tasks]) ?? null
}

describe('a fault', () => {
  test.each([
    ['block', 30, 'critical'],
    ['flatten', 30, 'critical'],
    ['forward', 0, 'critical'],
    ['read', 120, 'warning'],
    ['unblock', 120, 'warning'],
    ['run-alone', 60, 'warning'],
  ] as const)('of %s is told after %i s, as %s', (task, seconds, severity) => {
    const connector = heard([fault(task)])
    expect(told(connector, seconds - 1)).toBeNull()
    expect(told(connector, seconds)).toEqual([[severity, [task]]])
  })

  test('that ends before is not told, and one that begins again is young again', () => {
    const well = heardConnector(heard([fault('block')]), report([]), after(29))
    expect(told(well, 29)).toEqual([])
    const again = heardConnector(well, report([fault('block')]), after(30))
    expect(told(again, 59)).toBeNull()
    expect(told(again, 60)).toEqual([['critical', ['block']]])
  })

  test('is told with the worst first, and with the words of that one', () => {
    const connector = heard([fault('read'), fault('block')])
    expect(told(connector, 30)).toEqual([['critical', ['block']]])
    expect(told(connector, 120)).toEqual([['critical', ['block', 'read']]])
    const [notice] = happenedAt({ ...connector, heardAt: after(120) }, after(120))?.notices ?? []
    expect(notice?.facts).toMatchObject({ reason: 'block is refused', advice: 'see the key', since: NOON })
  })

  test('has the same id whichever notifier tells it', () => {
    const one = happenedAt({ ...heard([fault('block')]), heardAt: after(30) }, after(30))
    const other = heardConnector(undefined, report([fault('block')]), after(100))
    const two = happenedAt({ ...other, heardAt: after(130) }, after(130))
    expect(two?.notices.map(({ version, part }) => [version, part])).toEqual(
      one?.notices.map(({ version, part }) => [version, part]),
    )
  })

  test('ends no alert but its own, when it is over', () => {
    const happened = happenedAt(heard([]), NOON)
    expect(happened?.goesOn('fault:connector:broker')).toBe(false)
    expect(happened?.goesOn('fault:connector:other')).toBe(true)
    expect(happened?.goesOn('breach:max_daily_loss')).toBe(true)
  })
})

describe('a connector that is not heard', () => {
  test('is told after a minute: as critical if it blocks entries', () => {
    const said = (more: Partial<ConnectorReport>, seconds: number) =>
      happenedAt(heard([], more), after(seconds))?.notices.map(({ severity, facts }) => [severity, facts.tasks])
    expect(said({}, 59)).toEqual([])
    expect(said({}, 60)).toEqual([['critical', []]])
    expect(said({ acts: false }, 60)).toEqual([['warning', []]])
    expect(said({ dryRun: true }, 60)).toEqual([['warning', []]])
  })

  test('is told also if it was never heard, and neither well nor ill before', () => {
    const expected = expectedConnector('broker', 'bot1', true, NOON)
    expect(happenedAt(expected, after(59))).toBeNull()
    expect(happenedAt(expected, after(60))?.notices).toMatchObject([{ kind: 'fault', severity: 'critical' }])
  })
})
