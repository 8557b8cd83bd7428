import type { FleetMember } from '../../../src/core/fleet.ts'
import type { LiveAccount } from '../../../src/core/live-messages.ts'
import { type Standing, standingOf } from './standing.ts'

/** A trader as the page shows it: its newest summary, and what the settings say of it. */
export interface Account {
  readonly member: FleetMember
  readonly standing: Standing
  readonly about: LiveAccount
}

const UNSAID: LiveAccount = { paper: false, group: null, tags: [], isSum: false }

/** All traders that have reported, and those of the settings that have not. */
export function accountsOf(
  members: ReadonlyMap<string, FleetMember>,
  said: Readonly<Record<string, LiveAccount>>,
): readonly Account[] {
  const accounts: Account[] = []
  for (const member of members.values()) accounts.push(accountOf(member, said[member.id]))
  for (const [id, about] of Object.entries(said)) if (!members.has(id)) accounts.push(accountOf(unheard(id), about))
  return accounts
}

function accountOf(member: FleetMember, about: LiveAccount = UNSAID): Account {
  return { member, standing: standingOf(member), about }
}

/** A trader that has never reported: nothing is known, so entries wait. */
function unheard(id: string): FleetMember {
  return {
    id,
    version: 0,
    type: '',
    recordedAt: '',
    status: 'blocked',
    code: 'no-reading',
    action: null,
    until: null,
    reason: 'it has never reported its equity',
    holders: [],
    budget: null,
    roomPct: null,
    equity: null,
    peakEquity: null,
    dailyPnl: null,
    drawdownPct: null,
    staleSince: null,
    currency: null,
    timeBase: null,
    timeZone: null,
    obeys: [],
    limits: [],
  }
}
