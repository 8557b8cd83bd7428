import { EngineRun, histories, Oracle, type OracleConfig, type Step, type Verdict } from '@drawbridge/testing/engine'
import fc from 'fast-check'
import { takenByTheEngine } from './taken-by-the-engine.ts'

/** Lets engine and oracle live through so many random histories. @throws where one decides otherwise, with the shortest such history */
export function expectAsTheOracle(runs: number, seed: number): void {
  fc.assert(
    fc.property(histories(), (history) => {
      const [config, steps] = takenByTheEngine(history.config, history.steps)
      const difference = differenceOf(config, steps)
      if (difference !== null) throw new Error(JSON.stringify({ config, ...difference }, null, 2))
    }),
    { numRuns: runs, seed },
  )
}

interface Difference {
  /** Up to the one after which they differ. */
  readonly steps: readonly Step[]
  readonly engine: object
  readonly oracle: object
}

/** What the oracle says to each step. */
export function verdictsOf(config: OracleConfig, steps: readonly Step[]): Verdict[] {
  const oracle = new Oracle(config)
  return steps.map((step) => oracle.step(step))
}

/**
 * Where the engine first decides otherwise than the oracle; null: nowhere.
 * @param verdicts the oracle's
 * @param Engine the engine, or a mutant of it
 */
export function differenceOf(
  config: OracleConfig,
  steps: readonly Step[],
  verdicts: readonly Verdict[] = verdictsOf(config, steps),
  Engine: new (config: OracleConfig) => Pick<EngineRun, 'step'> = EngineRun,
): Difference | null {
  const engine = new Engine(config)
  for (const [index, step] of steps.entries()) {
    const wanted = verdicts[index]
    if (wanted === undefined) break
    const made = engine.step(step)
    const fields = (Object.keys(COMPARED) as (keyof typeof COMPARED)[]).filter(
      (field) => JSON.stringify(COMPARED[field](made)) !== JSON.stringify(COMPARED[field](wanted)),
    )
    const isLate = wakesLater(made, wanted) && isHeard(config, steps.slice(0, index + 1), wanted.wakeAt ?? 0)
    if (fields.length === 0 && !isLate) continue
    const part = (verdict: Verdict) => ({
      ...Object.fromEntries(fields.map((field) => [field, verdict[field]])),
      ...(isLate ? { wakeAt: verdict.wakeAt } : {}),
      ...(verdict.refusedWhy === null ? {} : { refusedWhy: verdict.refusedWhy }),
    })
    return { steps: steps.slice(0, index + 1), engine: part(made), oracle: part(wanted) }
  }
  return null
}

function computed(record: Readonly<Record<string, string>>, uncomputable: readonly string[]) {
  return Object.entries(record)
    .filter(([name]) => !uncomputable.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

function wakesLater(made: Verdict, wanted: Verdict): boolean {
  return wanted.wakeAt !== null && (made.wakeAt === null || made.wakeAt > wanted.wakeAt)
}

/** Whether what happens then must be told at once: what moves no gate may wait for the next input. */
function isHeard(config: OracleConfig, steps: readonly Step[], at: number): boolean {
  const oracle = new Oracle(config)
  const before = steps.map((step) => oracle.step(step)).at(-1)
  const after = oracle.step({ at: new Date(at).toISOString(), ask: true })
  const gate = ({ allowed, action, holders, equity }: Verdict) => JSON.stringify({ allowed, action, holders, equity })
  return before === undefined || gate(before) !== gate(after)
}

/** What both must say alike, in a form that can be compared. */
const COMPARED = {
  outcome: ({ outcome }: Verdict) => outcome === 'refused',
  rejected: ({ rejected }: Verdict) => rejected !== null,
  allowed: ({ allowed }: Verdict) => allowed,
  code: ({ code }: Verdict) => code,
  // Whether a doubt is called an action as well is each one's own.
  action: ({ action }: Verdict) => action === 'flatten',
  holders: ({ holders }: Verdict) => holders.toSorted(),
  until: ({ until }: Verdict) => until,
  breaches: ({ breaches }: Verdict) => breaches.toSorted(),
  worseTiers: ({ worseTiers }: Verdict) => worseTiers.toSorted(),
  warned: ({ warned }: Verdict) => [...new Set(warned)].sort(),
  unenforced: ({ unenforced }: Verdict) => unenforced.toSorted(),
  uncomputable: ({ uncomputable }: Verdict) => uncomputable.toSorted(),
  floors: ({ floors, uncomputable }: Verdict) => computed(floors, uncomputable),
  ceilings: ({ ceilings, uncomputable }: Verdict) => computed(ceilings, uncomputable),
  /** Only limits that have a line: what others refer to decides nothing. */
  references: ({ references, floors, ceilings, uncomputable }: Verdict) =>
    computed(references, uncomputable).filter(([name]) => name in floors || name in ceilings),
  room: ({ room }: Verdict) => room,
  /** Broken limits are all equally near. */
  nearest: ({ nearest, room }: Verdict) => (room === '0' ? null : nearest),
  factor: ({ factor }: Verdict) => factor,
  equity: ({ equity }: Verdict) => equity,
  dayPnl: ({ dayPnl }: Verdict) => dayPnl,
  /** A peak of 0 or less has no percentage. */
  drawdownPct: ({ drawdownPct }: Verdict) => drawdownPct ?? '0',
  /** Each may show another value of a reading that waits. */
  pending: ({ pending }: Verdict) => pending !== null,
  report: ({ report }: Verdict) => report,
} as const satisfies { readonly [F in keyof Verdict]?: (verdict: Verdict) => unknown }
