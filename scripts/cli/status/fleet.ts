import { nearestName } from '@drawbridge/contracts'
import type { ConsoleApi } from '../console-api/client.ts'
import { type BlockedBy, blockedBy } from './obeyed.ts'

/** A trader in short, as the console tells it. Amounts and percentages are decimal strings. */
export interface Told {
  readonly id: string
  readonly status: 'allowed' | 'paused' | 'blocked'
  readonly until: string | null
  readonly reason: string | null
  readonly budget: { readonly room: string; readonly limit: string } | null
  readonly roomPct: string | null
  readonly equity: string | null
  readonly dailyPnl: string | null
  readonly drawdownPct: string | null
  readonly staleSince: string | null
  readonly obeys: readonly string[]
}

/** Its status is what its own decisions say. */
export interface Summary extends Told {
  readonly blockedBy: BlockedBy | null
}

interface Page {
  readonly traders: readonly Told[]
  readonly next: string | null
}

const PAGE = 1_000
const PAGES_MAX = 100

/** All traders, the nearest to a limit first; those without a line last. */
export async function readFleet(api: ConsoleApi): Promise<readonly Summary[]> {
  const all: Told[] = []
  let after: string | null = null
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const { traders, next }: Page = await api.get(
      `/api/traders?limit=${PAGE}${after === null ? '' : `&after=${after}`}`,
    )
    all.push(...traders)
    if (next === null) break
    after = encodeURIComponent(next)
  }
  const byId = new Map(all.map((one) => [one.id, one]))
  const summaries: Summary[] = all.map((one) => ({ ...one, blockedBy: blockedBy(one, byId) }))
  return summaries.sort((a, b) => shareOf(a) - shareOf(b) || (a.id < b.id ? -1 : 1))
}

/** Infinite differences are no numbers. */
const NO_LINE = Number.MAX_VALUE

function shareOf({ roomPct }: Told): number {
  return roomPct === null ? NO_LINE : Number(roomPct)
}

/** Whether it may enter: its own decision says so, and those of all that it obeys. */
export function statusOf({ status, blockedBy: other }: Summary): Summary['status'] {
  return status === 'allowed' && other !== null ? 'blocked' : status
}

/**
 * @param configured ids of the settings; one of them may not have reported yet
 * @throws if one that is named is not there, with the one that was probably meant
 */
export function namedIn(
  all: readonly Summary[],
  names: readonly string[],
  configured: readonly string[] = [],
): readonly Summary[] {
  const ids = all.map(({ id }) => id)
  for (const name of names) {
    if (ids.includes(name)) continue
    if (configured.includes(name)) throw new Error(`${name} has not reported yet: there is nothing to show`)
    const near = nearestName(name, ids)
    const meant = near === null ? 'npm run drawbridge -- status   lists all' : `did you mean ${near}?`
    throw new Error(`there is no trader "${name}": ${meant}`)
  }
  return names.length === 0 ? all : all.filter(({ id }) => names.includes(id))
}
