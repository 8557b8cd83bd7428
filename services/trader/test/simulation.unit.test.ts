import { describe, expect, test } from 'vitest'
import { parseBars } from '../src/core/bars.ts'
import { Simulation, tickOf } from '../src/core/simulation.ts'

const CSV = `date,open,high,low,close
2000-01-03,10,10,10,10
2000-01-04,10,12,10,12
2000-01-05,12,12,8,8.5
`

function bars() {
  const read = parseBars(CSV)
  if (!read.ok) throw new Error(read.reason)
  return read.value
}

describe('a simulation', () => {
  test('holds its units from the first close on', () => {
    const simulation = new Simulation(bars(), 'hold', 100)
    const ticks = []
    for (let report = simulation.report(); report !== null; report = simulation.report()) {
      ticks.push(tickOf(report))
      simulation.decided(true)
    }

    expect(ticks).toEqual([
      { equity: '1000', balance: '0', at: '2000-01-03T21:00:00.000Z', seq: 1 },
      { equity: '1200', balance: '0', at: '2000-01-04T21:00:00.000Z', seq: 2 },
      { equity: '850', balance: '0', at: '2000-01-05T21:00:00.000Z', seq: 3 },
    ])
  })

  test('begins with cash alone where the strategy decides when to enter', () => {
    const report = new Simulation(bars(), 'sma', 100).report()

    expect(report && tickOf(report)).toEqual({
      equity: '1000',
      balance: '1000',
      at: '2000-01-03T21:00:00.000Z',
      seq: 1,
    })
  })

  test('reports the same bar until it is decided', () => {
    const simulation = new Simulation(bars(), 'hold', 1)

    expect(simulation.report()).toEqual(simulation.report())
    expect(simulation.done).toBe(0)
    simulation.decided(true)
    expect(simulation.report()?.seq).toBe(2)
    expect(simulation.done).toBe(1)
  })

  test('ends after its last bar', () => {
    const simulation = new Simulation(bars(), 'hold', 1)
    for (let bar = 0; bar < 5; bar += 1) simulation.decided(true)

    expect(simulation.report()).toBeNull()
    expect([simulation.done, simulation.total]).toEqual([3, 3])
  })
})

describe('how the account has done', () => {
  test('one that asks nobody is the same with and without a guardian, but for the days on which it was stopped', () => {
    const simulation = new Simulation(bars(), 'hold', 100)
    for (const mayEnter of [true, true, false]) simulation.decided(mayEnter)

    const outcome = { equity: '850', deepestDrawdown: '29.16666666' }
    expect(simulation.outcome).toEqual({
      with: { ...outcome, daysStopped: 1 },
      without: { ...outcome, daysStopped: 0 },
    })
  })

  test('one that obeys its gate is compared with itself behind an open gate', () => {
    const rising = Array.from({ length: 201 }, (_, day) => 100n + BigInt(day))
    const closes = [...rising, 150n, 400n].map((close) => close * 100_000_000n)
    const days = closes.map((close) => ({ date: '2000-01-03', open: close, high: close, low: close, close }))
    const simulation = new Simulation(days, 'sma', 3)
    // Stopped at the close of the 200th bar, at which it would buy, and from then on.
    for (const [index] of days.entries()) simulation.decided(index < 199)

    // 300 buy one unit at 299; it is sold at 150, below the average.
    expect(simulation.outcome.with).toEqual({ equity: '300', deepestDrawdown: '0', daysStopped: 4 })
    expect(simulation.outcome.without).toMatchObject({ equity: '151', deepestDrawdown: '49.83388704', daysStopped: 0 })
  })
})

describe('repeating what the log has', () => {
  test('continues where the log ends', () => {
    const simulation = new Simulation(bars(), 'hold', 100)

    expect(simulation.repeat(1, 1_000n * 100_000_000n, true).ok).toBe(true)
    expect(simulation.report()?.seq).toBe(2)
  })

  const refusals = [
    {
      name: 'another equity',
      seq: 1,
      equity: 99_950_000_000n,
      reason: 'at bar 1 the log has an equity of 999.5, the account 1000',
    },
    { name: 'no equity', seq: 1, equity: null, reason: 'at bar 1 the log has an equity of none, the account 1000' },
    {
      name: 'a bar that was left out',
      seq: 2,
      equity: 100_000_000_000n,
      reason: 'the log has bar 2, the account is at bar 1',
    },
    {
      name: 'a bar from before',
      seq: 0,
      equity: 100_000_000_000n,
      reason: 'the log has bar 0, the account is at bar 1',
    },
  ]
  test.each(refusals)('is refused at $name, and changes nothing', ({ seq, equity, reason }) => {
    const simulation = new Simulation(bars(), 'hold', 100)

    expect(simulation.repeat(seq, equity, true)).toEqual({ ok: false, reason })
    expect(simulation.done).toBe(0)
  })

  test('is refused beyond the last bar', () => {
    const simulation = new Simulation(bars(), 'hold', 100)
    for (let bar = 0; bar < 3; bar += 1) simulation.decided(true)

    expect(simulation.repeat(4, 1n, true)).toEqual({ ok: false, reason: 'the log has bar 4, the account is at bar 4' })
  })
})
