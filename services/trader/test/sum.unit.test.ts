import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { GroupScene, SETTLE_MS, STANDBY_MS } from './group-scene.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout', 'setInterval'] })
  vi.setSystemTime(Date.UTC(2026, 2, 12, 14))
})
afterEach(() => {
  vi.useRealTimers()
})

async function begun(options: ConstructorParameters<typeof GroupScene>[0] = {}): Promise<GroupScene> {
  const scene = new GroupScene(options)
  await scene.begin()
  expect(scene.desk.canTrade()).toMatchObject({ allowed: true, code: 'ok' })
  return scene
}

describe('the sum of a group', () => {
  test('is reported when every member has spoken, with its deposits, its versions as seq and its run', async () => {
    const scene = await begun()
    scene.report('bot1', 1010)
    expect(scene.sums).toEqual([])
    scene.report('bot2', 995)

    expect(scene.sent).toMatchObject([
      { equity: 2005_00000000n, netDeposits: 0n, seq: 8, run: expect.stringMatching(/^sum-[0-9a-f]{16}-1$/) },
    ])
  })

  test('is reported at settle_ms after the first that spoke, if others do not', async () => {
    const scene = await begun()
    scene.report('bot1', 1010)
    await scene.pass(SETTLE_MS - 1)
    expect(scene.sums).toEqual([])
    await scene.pass(1)
    expect(scene.sums).toEqual([2010])
  })

  test('is reported at once where settle_ms is 0', async () => {
    const scene = await begun({ settleMs: 0 })
    scene.report('bot1', 1010)
    await scene.pass(0)
    expect(scene.sums).toEqual([2010])
  })

  test('has a balance and a currency where the members tell one', async () => {
    const scene = await begun()
    scene.report('bot1', 1010, { balance: 900_00000000n, currency: 'USD' })
    scene.report('bot2', 995, { balance: 100_00000000n, currency: 'USD' })
    await scene.pass(1)
    scene.report('bot1', 1010, { balance: 900_00000000n })
    scene.report('bot2', 995)
    expect(scene.sent).toMatchObject([
      { balance: 1000_00000000n, currency: 'USD' },
      { balance: null, currency: 'USD' },
    ])
  })

  test('broken by two members together blocks the group, although neither has broken a limit', async () => {
    const scene = await begun({ limits: { maxDailyLossPct: 500_000_000n } })
    scene.report('bot1', 940)
    scene.report('bot2', 955)
    expect(scene.desk.canTrade()).toMatchObject({ allowed: false, code: 'limit', holders: ['limit:max_daily_loss'] })
    for (const member of scene.members) {
      expect(scene.process.gates.get(member)?.canTrade()).toMatchObject({ allowed: true })
    }
  })

  test('of a hedged pair that reports one after the other breaks nothing', async () => {
    const scene = await begun({ limits: { maxDailyLossPct: 300_000_000n } })
    for (const [loser, winner] of [
      ['bot1', 'bot2'],
      ['bot2', 'bot1'],
    ] as const) {
      scene.report(loser, 920)
      await scene.pass(SETTLE_MS - 1)
      scene.report(winner, 1080)
    }
    expect(scene.sums).toEqual([2000, 2000])
    expect(scene.desk.canTrade()).toMatchObject({ allowed: true })
  })

  test('that may have changed the answer closes the gate at once, until every member has spoken', async () => {
    const scene = await begun()
    scene.report('bot1', 850)
    expect(scene.desk.canTrade()).toMatchObject({
      allowed: false,
      code: 'undecided',
      reason: 'the sum may have changed this answer, and waits for bot2',
    })
    scene.report('bot2', 1150)
    expect(scene.desk.canTrade()).toMatchObject({ allowed: true })
  })

  test('that moves little leaves the gate open while it waits', async () => {
    const scene = await begun()
    scene.report('bot1', 1001)
    expect(scene.desk.canTrade()).toMatchObject({ allowed: true })
  })
})

describe('the sum is undecided, nothing is reported, and entries wait, while a member', () => {
  test('has not reported yet', async () => {
    const scene = new GroupScene()
    scene.report('bot1', 1000)
    scene.report('bot1', 1000)
    await scene.pass(10 * SETTLE_MS)
    expect(scene.sums).toEqual([])
    expect(scene.process.sum.undecided).toBe('bot2 has not reported yet')
    expect(scene.desk.canTrade()).toMatchObject({
      allowed: false,
      code: 'undecided',
      reason: 'bot2 has not reported yet',
    })
  })

  test('has a reading that is not confirmed', async () => {
    const scene = await begun()
    scene.report('bot1', 500)
    await scene.pass(SETTLE_MS)
    expect(scene.desk.canTrade()).toMatchObject({
      allowed: false,
      code: 'undecided',
      reason: 'bot1 has a reading that is not confirmed yet',
    })
    scene.report('bot2', 1000)
    await scene.pass(SETTLE_MS)
    expect(scene.sums).toEqual([])

    await scene.pass(60_000)
    scene.wake('bot1')
    await scene.pass(SETTLE_MS)
    expect(scene.sums).toEqual([1500])
  })

  test('is silent', async () => {
    const scene = await begun()
    await scene.pass(200_000)
    scene.report('bot1', 1000)
    await scene.pass(200_000)
    scene.sent.length = 0
    scene.wake('bot2')
    expect(scene.desk.canTrade()).toMatchObject({
      allowed: false,
      code: 'undecided',
      reason: expect.stringMatching(/^bot2 has reported no equity since 2026-03-12T14:00:/),
    })
    scene.report('bot1', 1001)
    await scene.pass(SETTLE_MS)
    expect(scene.sums).toEqual([])

    scene.report('bot2', 1001)
    scene.report('bot1', 1001)
    expect(scene.sums).toEqual([2002])
  })

  test('sends what cannot be read', async () => {
    const scene = await begun()
    scene.garbage('bot1')
    expect(scene.desk.canTrade()).toMatchObject({
      code: 'undecided',
      reason: 'bot1 has a reading that was rejected: equity is missing',
    })
  })

  test('is in another currency than others', async () => {
    const scene = new GroupScene({ currencies: { bot1: 'USD' } })
    await scene.begin()
    scene.report('bot2', 1000, { currency: 'EUR' })
    expect(scene.process.sum.undecided).toBe('bot1 is in USD and bot2 in EUR')
  })

  test('is so rich that no amount can tell the sum', async () => {
    const scene = new GroupScene()
    await scene.begin(999_999_999_999_999)
    expect(scene.sums).toEqual([])
    expect(scene.process.sum.undecided).toBe('the sum of the members is 1e15 or beyond')
  })

  test('is not followed any more', async () => {
    const scene = await begun()
    scene.process.gates.get('bot2')?.lost('the log is gone')
    expect(scene.desk.canTrade()).toMatchObject({ reason: 'the newest decision on bot2 is not known' })
  })
})

test('a confirmed 0 of a member counts', async () => {
  const scene = await begun()
  for (let minute = 0; minute < 12; minute += 1) {
    scene.report('bot1', 0)
    await scene.pass(60_000)
    scene.report('bot2', 1000)
  }
  await scene.pass(SETTLE_MS)
  expect(scene.sums.at(-1)).toBe(1000)
  expect(scene.process.sum.undecided).toBeNull()
})

test('after a doubt, what was said before it counts no more: every member is heard again', async () => {
  const scene = await begun({ limits: { maxDailyLossPct: 500_000_000n } })
  scene.garbage('bot1')
  scene.report('bot2', 850)
  await scene.pass(10 * SETTLE_MS)
  // The loss of one leg was seen, and the profit of the other was not.
  scene.report('bot1', 1000)
  scene.report('bot1', 1150)
  await scene.pass(SETTLE_MS - 1)
  expect(scene.sums).toEqual([])
  scene.report('bot2', 850)
  expect(scene.sums).toEqual([2000])
})

describe('money', () => {
  test('that goes from one member to another is no loss, and nothing is reported while one half is seen', async () => {
    const scene = await begun({ limits: { maxDailyLossPct: 500_000_000n } })
    scene.flow('bot1', -150)
    scene.report('bot1', 850)
    scene.report('bot2', 1000)
    await scene.pass(SETTLE_MS - 1)
    expect(scene.sums).toEqual([])
    expect(scene.desk.canTrade()).toMatchObject({ code: 'undecided' })
    scene.flow('bot2', 150)
    await scene.pass(SETTLE_MS)

    expect(scene.sent).toMatchObject([{ equity: 2000_00000000n, netDeposits: 0n }])
    expect(scene.decisions.flatMap(({ facts }) => facts)).toEqual([])
    expect(scene.desk.canTrade()).toMatchObject({ allowed: true })
  })

  test('that leaves the group is no loss of it', async () => {
    const scene = await begun({ limits: { maxDailyLossPct: 500_000_000n } })
    scene.flow('bot1', -150)
    await scene.pass(3 * SETTLE_MS)
    scene.report('bot1', 850)
    scene.report('bot2', 1000)

    expect(scene.sent.at(-1)).toMatchObject({ equity: 1850_00000000n, netDeposits: -150_00000000n })
    expect(scene.decisions.flatMap(({ facts }) => facts)).toMatchObject([
      { kind: 'cash-flow', amount: -150_00000000n, reason: 'net_deposits of the tick' },
    ])
    expect(scene.desk.canTrade()).toMatchObject({ allowed: true })
  })

  test('of a member that is not counted for the group blocks it, with the command that mends it', async () => {
    const scene = new GroupScene({ limits: { netDeposits: false } })
    await scene.begin()
    expect(scene.desk.canTrade()).toMatchObject({
      code: 'undecided',
      reason: 'its net_deposits do not count: put the settings in force with: npm run drawbridge -- apply-config',
    })
    scene.report('bot1', 1000)
    scene.report('bot2', 1000)
    expect(scene.sums).toEqual([2000])
  })
})

describe('two processes that report one group', () => {
  test('report each sum once, and the other goes on when one stops', async () => {
    const scene = await begun({ processes: 2 })
    for (let round = 1; round <= 5; round += 1) {
      for (const member of scene.members) scene.report(member, 1000 + round)
      await scene.pass(100)
    }
    expect(scene.sums).toEqual([2002, 2004, 2006, 2008, 2010])
    expect(scene.decisions.map(({ type }) => type)).not.toContain('tick-rejected')

    scene.sent.length = 0
    for (const process of scene.processes.slice(0, 1)) scene.stop(process)
    for (const member of scene.members) scene.report(member, 1010)
    await scene.pass(STANDBY_MS)
    for (const member of scene.members) scene.report(member, 1011)
    await scene.pass(STANDBY_MS)
    expect(scene.sums).toEqual([2020, 2022])
  })

  test('that begin at the same moment count the same: of two equal samples one counts, and one process goes on', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0)
    const scene = new GroupScene({ processes: 2, lags: [10, 10] })
    vi.restoreAllMocks()
    for (let round = 0; round < 2; round += 1) {
      for (const member of scene.members) scene.report(member, 1000)
      await scene.pass(SETTLE_MS + STANDBY_MS)
    }
    expect(scene.sums).toEqual([2000, 2000])
    expect(scene.decisions.at(-1)?.facts).toMatchObject([{ kind: 'tick-rejected', cause: 'late' }])
    scene.report('bot1', 1010)
    scene.report('bot2', 995)
    await scene.pass(STANDBY_MS)
    expect(scene.sums).toEqual([2000, 2000, 2005])
  })

  test('that take turns leave the sums to one of them', async () => {
    const lags = [0, 0]
    const scene = await begun({ lags })
    scene.start()
    lags[0] = 2 * STANDBY_MS
    for (const member of scene.members) scene.report(member, 1001)
    // The sum of the other one is heard before the readings of the members.
    lags[0] = 0
    await scene.pass(4 * STANDBY_MS)
    expect(scene.sums).toEqual([2002])
    for (const member of scene.members) scene.report(member, 1002)
    await scene.pass(STANDBY_MS)
    expect(scene.sums).toEqual([2002, 2004])
    expect(scene.decisions.map(({ type }) => type)).not.toContain('tick-rejected')
  })

  test('lose nothing if one stops before it has reported what the other has heard already', async () => {
    const lags = [0, 0]
    const scene = await begun({ lags })
    scene.start()
    const first = scene.process
    lags[0] = 100
    for (const equity of [1001, 1002]) {
      for (const member of scene.members) scene.report(member, equity)
      await scene.pass(50)
    }
    await scene.pass(30)
    expect(scene.sums).toEqual([2002])
    scene.stop(first)
    await scene.pass(SETTLE_MS + STANDBY_MS)
    expect(scene.sums).toEqual([2002, 2004])
  })

  test('a process that starts goes on in the same run, and reports nothing that is known', async () => {
    const scene = await begun()
    scene.stop()
    scene.start()
    await scene.pass(3 * SETTLE_MS)
    expect(scene.sums).toEqual([])
    scene.report('bot1', 1001)
    scene.report('bot2', 1001)
    await scene.pass(STANDBY_MS)
    expect(scene.sums).toEqual([2002])
    expect(scene.decisions.flatMap(({ facts }) => facts)).toEqual([])
  })
})

describe('a group that is another one than before is undecided until its own account period begins again:', () => {
  const way = 'begin its account period again, too: npm run drawbridge -- restart desk --reason "..."'

  test('after the restart of a member', async () => {
    const scene = await begun()
    scene.flow('bot1', 100)
    await scene.pass(2 * SETTLE_MS)
    scene.sent.length = 0
    scene.restart('bot1')
    for (let round = 0; round < 3; round += 1) {
      for (const member of scene.members) scene.report(member, 1500)
      await scene.pass(SETTLE_MS)
    }
    expect(scene.sums).toEqual([])
    expect(scene.desk.canTrade()).toMatchObject({ code: 'undecided', reason: `bot1 was restarted: ${way}` })

    scene.restart('desk')
    for (let round = 0; round < 3; round += 1) {
      for (const member of scene.members) scene.report(member, 1500)
      await scene.pass(SETTLE_MS)
    }
    expect(scene.sums).toEqual([3000, 3000, 3000])
    expect(scene.sent.at(-1)).toMatchObject({ netDeposits: 0n, run: expect.stringMatching(/-2$/) })
    expect(scene.desk.canTrade()).toMatchObject({ allowed: true })
  })

  test('after the restart of a member while no process ran', async () => {
    const scene = await begun()
    scene.stop()
    scene.restart('bot1')
    for (let round = 0; round < 2; round += 1) scene.report('bot1', 1500)
    scene.report('bot2', 1000)
    const process = scene.start()
    await scene.pass(3 * SETTLE_MS)
    expect(scene.sums).toEqual([])
    expect(process.sum.undecided).toBe(`its members are others than before, or one was restarted: ${way}`)
  })

  test('with one member more, and with the first members again', async () => {
    const scene = await begun()
    const runs: (string | null)[] = []
    for (const members of [
      ['bot1', 'bot2', 'bot3'],
      ['bot1', 'bot2'],
    ]) {
      for (const process of scene.processes) scene.stop(process)
      for (let round = 0; round < 2; round += 1) scene.report('bot3', 1000)
      const { sum } = scene.start(members)
      expect(sum.undecided).toContain(way)
      scene.restart('desk')
      scene.sent.length = 0
      for (let round = 0; round < 3; round += 1) {
        for (const member of ['bot1', 'bot2', 'bot3']) scene.report(member, 1000)
        await scene.pass(SETTLE_MS)
      }
      expect(new Set(scene.sums)).toEqual(new Set([1000 * members.length]))
      expect(scene.decisions.at(-1)?.type).not.toBe('tick-rejected')
      runs.push(scene.sent.at(-1)?.run ?? null)
    }
    expect(runs).toEqual([expect.stringMatching(/-2$/), expect.stringMatching(/-3$/)])
  })
})
