import type { LimitSpec, OracleConfig, Step } from '@drawbridge/testing/engine'

type Limit = Partial<LimitSpec>
type Tiers = NonNullable<LimitSpec['tiers']>

const SEVERITY = ['warn', 'block-entries', 'flatten']

/** The tiers that are severer than all below them. */
function rising(tiers: Tiers): Tiers {
  const kept: Tiers[number][] = []
  for (const tier of tiers.toSorted((a, b) => Number(a.at_percent) - Number(b.at_percent))) {
    const last = kept.at(-1)
    if (last === undefined || SEVERITY.indexOf(tier.action) > SEVERITY.indexOf(last.action)) kept.push(tier)
  }
  return kept
}

/**
 * A limit that the engine takes. It refuses tiers that do not become severer, a lock or `active_from` of a profit, and a
 * lifetime that ends with its next window; the oracle knows what each of them would mean.
 */
function taken({ tiers, ...limit }: Limit): Limit {
  const { lock: _lock, active_from: _from, ...plain } = limit
  const fitting: Limit = limit.measure === 'profit' ? plain : limit
  const { ends, ...rest } = fitting
  const end = fitting.window === 'lifetime' && ends === 'next-window' ? 'timer' : ends
  return { ...rest, ...(end === undefined ? {} : { ends: end }), ...(tiers == null ? {} : { tiers: rising(tiers) }) }
}

/** The part of a change of a limit that the engine accepts. */
function takenChange({ measure: _measure, window: _window, ends, ...change }: Limit, limit: Limit): Limit {
  const end = limit.window === 'lifetime' && ends === 'next-window' ? {} : ends === undefined ? {} : { ends }
  const { lock: _lock, active_from: _from, ...plain } = change
  return { ...taken(limit.measure === 'profit' ? plain : change), ...end }
}

/** A config and steps of a history that the engine takes as the oracle does. */
export function takenByTheEngine(config: OracleConfig, steps: readonly Step[]): [config: OracleConfig, steps: Step[]] {
  const limits = config.limits.map((limit) => ({ ...taken(limit), name: limit.name }) as typeof limit)
  const known = new Map<string, Limit>(limits.map((limit) => [limit.name, limit]))
  let time = 0
  return [
    { ...config, limits },
    steps.map((step) => {
      time = Math.max(time, Date.parse(step.at))
      return takenStep({ ...step, at: new Date(time).toISOString() }, known)
    }),
  ]
}

/** @param known the limits of the configuration and those that commands have added */
function takenStep(step: Step, known: Map<string, Limit>): Step {
  if (!('command' in step) || step.command.kind !== 'limits') return step
  const { command, at } = step
  const set = Object.fromEntries(
    Object.entries(command.set ?? {}).flatMap(([name, limit]) => {
      const before = known.get(name)
      const change = limit === null ? null : before === undefined ? taken(limit) : takenChange(limit, before)
      if (change !== null && before === undefined) known.set(name, change)
      return change !== null && Object.keys(change).length === 0 ? [] : [[name, change]]
    }),
  )
  const isEmpty = Object.keys(command.short ?? {}).length + Object.keys(set).length === 0
  return isEmpty ? { at, ask: true } : { at, command: { ...command, set } }
}
