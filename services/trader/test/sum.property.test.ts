import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { GroupScene, SETTLE_MS, STANDBY_MS } from './group-scene.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'Date', 'setTimeout', 'clearTimeout', 'setInterval'] })
  vi.setSystemTime(Date.UTC(2026, 2, 12, 14))
})
afterEach(() => {
  vi.useRealTimers()
})

/** 8 percent of each leg, 4 of the pair: more than the limit of the group, and less than a jump. */
const SWING = 80
const LIMITS = { maxDailyLossPct: 300_000_000n }

/** One move of the market: which leg reports first, how long after the last move, and how long before the other one. */
const moves = fc.array(
  fc.record({
    swing: fc.integer({ min: -SWING, max: SWING }),
    first: fc.constantFrom(0, 1),
    after: fc.integer({ min: 0, max: 60_000 }),
    between: fc.integer({ min: 0, max: SETTLE_MS - 1 }),
  }),
  { minLength: 1, maxLength: 12 },
)

test('a hedged pair that reports one leg after the other breaks nothing, in whatever order and at whatever pace', async () => {
  await fc.assert(
    fc.asyncProperty(moves, fc.constantFrom(1, 2), async (all, processes) => {
      const scene = new GroupScene({ processes, limits: LIMITS })
      await scene.begin()
      for (const { swing, first, after, between } of all) {
        await scene.pass(after)
        const legs = [
          ['bot1', 1000 + swing],
          ['bot2', 1000 - swing],
        ] as const
        for (const leg of first === 0 ? legs : legs.toReversed()) {
          scene.report(leg[0], leg[1])
          await scene.pass(leg === (first === 0 ? legs[0] : legs[1]) ? between : 0)
        }
      }
      await scene.pass(SETTLE_MS + STANDBY_MS)
      expect(new Set(scene.sums)).toEqual(new Set(scene.sums.length === 0 ? [] : [2000]))
      expect(scene.decisions.flatMap(({ facts }) => facts).filter(({ kind }) => kind === 'breached')).toEqual([])
      expect(scene.desk.canTrade()).toMatchObject({ allowed: true, code: 'ok' })
      for (const process of scene.processes) scene.stop(process)
    }),
    { numRuns: 60 },
  )
})

type Step =
  | { readonly kind: 'report'; readonly member: number; readonly equity: number }
  | { readonly kind: 'transfer'; readonly from: number; readonly amount: number; readonly between: number }
  | { readonly kind: 'deposit'; readonly member: number; readonly amount: number }
  | { readonly kind: 'garbage'; readonly member: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'replace-a-process' }

/** How much later each process hears what is decided, milliseconds. */
const lags = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 3 })

const member = fc.integer({ min: 0, max: 2 })
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('report' as const),
        member,
        equity: fc.integer({ min: 900, max: 1_050 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('transfer' as const),
        from: member,
        amount: fc.integer({ min: 1, max: 100 }),
        between: fc.integer({ min: 0, max: SETTLE_MS - 1 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('deposit' as const),
        member,
        amount: fc.integer({ min: -50, max: 50 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('garbage' as const), member }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 20_000 }) }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'replace-a-process' as const }) },
  ),
  { minLength: 1, maxLength: 30 },
)

test('whatever members report and whichever processes run, the last sum in the log is that of all members', async () => {
  await fc.assert(
    fc.asyncProperty(steps, lags, async (all, lags) => {
      const scene = new GroupScene({ members: ['bot1', 'bot2', 'bot3'], processes: lags.length, lags })
      await scene.begin()
      const deposits = await walk(scene, all)
      // At the end every member is heard once more.
      for (const id of scene.members) scene.report(id, 1000)
      await scene.pass(SETTLE_MS)
      for (const id of scene.members) scene.report(id, 1000)
      await scene.pass(2 * SETTLE_MS + STANDBY_MS)

      const accepted = scene.decisions.filter(({ type }) => type !== 'tick-rejected').at(-1)
      const { equity, doubt } = accepted?.state ?? {}
      expect(doubt?.pending?.newest.equity ?? equity).toBe(3000_00000000n)
      expect(scene.sent.at(-1)?.netDeposits).toBe(BigInt(deposits) * 100_000_000n)
      expect(scene.processes.find(({ isRunning }) => isRunning)?.sum.undecided ?? null).toBeNull()
      for (const process of scene.processes) scene.stop(process)
    }),
    { numRuns: 60 },
  )
})

/** @returns what was paid in, less what was paid out */
async function walk(scene: GroupScene, all: readonly Step[]): Promise<number> {
  const idOf = (index: number) => scene.members[index] ?? ''
  let deposits = 0
  for (const step of all) {
    switch (step.kind) {
      case 'report':
        scene.report(idOf(step.member), step.equity)
        break
      case 'transfer':
        scene.flow(idOf(step.from), -step.amount)
        await scene.pass(step.between)
        scene.flow(idOf((step.from + 1) % 3), step.amount)
        break
      case 'deposit':
        if (step.amount === 0) break
        scene.flow(idOf(step.member), step.amount)
        deposits += step.amount
        break
      case 'garbage':
        scene.garbage(idOf(step.member))
        break
      case 'pass':
        await scene.pass(step.ms)
        break
      case 'replace-a-process': {
        const running = scene.processes.find(({ isRunning }) => isRunning)
        if (running !== undefined) scene.stop(running)
        scene.start()
        break
      }
      default:
        return step satisfies never
    }
  }
  return deposits
}
