import { formatInstant } from '@drawbridge/contracts'
import { type Difference, differenceTable } from '@drawbridge/service-kit'
import type { Plan, PlannedChange } from './plan.ts'

/** What would be changed, as a table. */
export function planText({ changes, waiting, commands }: Plan): string {
  const all: readonly PlannedChange[] = [...changes, ...waiting]
  const when = new Map(all.map(({ setting, from }) => [setting, from]))
  const effect = ({ setting, comesAt }: Difference) => {
    const from = when.get(setting) ?? null
    if (comesAt !== null) return `at ${formatInstant(comesAt)}, by an earlier change`
    return from === null ? 'at once' : `at ${formatInstant(from)}, because it loosens`
  }
  const table = all.length === 0 ? [] : [...differenceTable(all, effect), '']
  return [...table, commands === null ? NOTHING : WOULD].join('\n')
}

const NOTHING = 'Nothing to change: the settings are in force, or come by an earlier change.'
const WOULD = 'These are sent as commands, which the log keeps.'

/** @param left what is not in force yet */
export function applied(left: readonly Difference[]): string {
  if (left.length === 0) return 'In force now.'
  const waits = left.map(({ setting, comesAt }) =>
    comesAt === null ? `${setting} is changed by somebody else` : `${setting} from ${formatInstant(comesAt)} on`,
  )
  return `In force now, except ${waits.join(', ')}.`
}

export function planJson({ changes, waiting }: Plan, done: 'now' | 'nothing'): string {
  const stated = ({ setting, inForce: before = 'not set', wanted: after, from }: PlannedChange) => ({
    setting,
    before,
    after,
    from: from === null ? null : formatInstant(from),
  })
  return JSON.stringify({ done, changes: changes.map(stated), waiting: waiting.map(stated) })
}
