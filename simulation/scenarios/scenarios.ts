import { Faults } from '../faults.ts'
import type { CrashPointKind } from '../node-faults.ts'
import { type Settings, settingsOf } from '../settings.ts'
import { Workload } from '../workload.ts'
import { DAMAGES, type Damage, DamageOfRisk } from './damage.ts'
import { OneCrashPoint } from './one-crash-point.ts'
import type { Scenario } from './scenario.ts'
import { ShortLoad } from './short-load.ts'
import { LossOfTheActive, SteadyLoad } from './takeover.ts'

/** The takeover delay with its random 60 ms, and the time for roles to change and for frames to arrive. */
const DECIDED_WITHIN_MS = 450

/** The meaning of a seed in each scenario. */
const SCENARIOS = {
  /** Everything that can go wrong, as the seed says. */
  faults: (seed: number): Scenario => {
    const settings = settingsOf(seed)
    return {
      settings,
      load: (parts) => new Workload(parts),
      trouble: (parts) => new Faults(parts, settings.faultEveryMs),
      decidedWithinMs: null,
    }
  },
  'guardian-awaits': (seed: number) => eachAwait('guardian-1', seed, { guardians: 1 }),
  'standby-awaits': (seed: number) => eachAwait('guardian-1', seed, { guardians: 2 }),
  'persister-awaits': (seed: number) => eachAwait('persister-1', seed, { persisters: 2 }),
  'trader-awaits': (seed: number) => eachAwait('trader-1', seed, {}),
  takeover: (seed: number): Scenario => ({
    settings: { ...QUIET, seed, guardians: 2, bots: botsOf(4, 25), trafficMs: 6_000 },
    load: (parts) => new SteadyLoad(parts),
    trouble: (parts) => new LossOfTheActive(parts, seed % 2 === 1),
    decidedWithinMs: DECIDED_WITHIN_MS,
  }),
  /** RISK is damaged, each seed in the next way. */
  damage: (seed: number): Scenario => ({
    settings: { ...QUIET, seed, guardians: 2, bots: botsOf(3, 2), leaseMs: 3_000, trafficMs: 20_000 },
    load: (parts) => new SteadyLoad(parts),
    trouble: (parts) => new DamageOfRisk(parts, DAMAGES[seed % DAMAGES.length] as Damage),
    decidedWithinMs: null,
    endsDamaged: true,
  }),
} as const
export type ScenarioName = keyof typeof SCENARIOS

export const scenarioNames = Object.keys(SCENARIOS) as readonly ScenarioName[]

export function scenarioOf(name: ScenarioName, seed: number): Scenario {
  return SCENARIOS[name](seed)
}

/** The process whose awaits are the crash points of a scenario, two seeds for each; null: the scenario has none. */
export function crashPointsOf(name: ScenarioName): string | null {
  return name.endsWith('-awaits')
    ? `${name === 'standby-awaits' ? 'guardian' : name.slice(0, -'-awaits'.length)}-1`
    : null
}

/** Without faults. */
const QUIET: Settings = {
  seed: 0,
  guardians: 1,
  persisters: 1,
  bots: [['bot1', 'bot2']],
  eventTime: new Set(),
  leaseMs: 5_000,
  networkMaxMs: 2,
  trafficMs: 3_000,
  faultEveryMs: Number.POSITIVE_INFINITY,
  operatorEveryMs: Number.POSITIVE_INFINITY,
  tickEveryMs: Number.POSITIVE_INFINITY,
  batchSize: 5,
  flushIntervalMs: 20,
  refusedEvery: null,
  startsAt: Date.UTC(2026, 2, 12, 9),
  maxTraders: 1_000,
  staleAfterSeconds: null,
  loosenAfterMinutes: 0,
  restMs: 0,
  readAtOnce: 1_000,
  batchFrom: 2,
}

/** Seeds 2n - 1 and 2n: the process dies, or its connection breaks, at its await n; seed 0: at none. */
function eachAwait(name: string, seed: number, settings: Partial<Settings>): Scenario {
  const kind: CrashPointKind = seed % 2 === 1 ? 'crash' : 'cut'
  return {
    // All seeds use the same random numbers, so the awaits before the crash point are the same.
    settings: { ...QUIET, ...settings },
    load: (parts) => new ShortLoad(parts),
    trouble: (parts) => new OneCrashPoint(parts, { name, count: Math.ceil(seed / 2), kind }),
    decidedWithinMs: null,
  }
}

function botsOf(processes: number, traders: number): readonly (readonly string[])[] {
  return Array.from({ length: processes }, (_, process) =>
    Array.from({ length: traders }, (_, index) => `bot${process * traders + index + 1}`),
  )
}
