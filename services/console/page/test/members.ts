import type { FleetMember } from '../../src/core/fleet.ts'
import type { LiveAccount } from '../../src/core/live-messages.ts'
import type { LimitRoom } from '../../src/core/room-left.ts'
import { type Account, accountsOf } from '../src/store/accounts.ts'

export function room(name: string, roomPct: string | null, more: Partial<LimitRoom> = {}): LimitRoom {
  return {
    name,
    measure: 'loss',
    line: '900',
    room: '100',
    roomPct,
    active: true,
    warned: false,
    uncomputable: null,
    ...more,
  }
}

/** A trader that may trade, but for what is said otherwise. */
export function member(id: string, more: Partial<FleetMember> = {}): FleetMember {
  return {
    id,
    version: 1,
    type: 'assessed',
    recordedAt: '2026-03-12T14:00:00.000Z',
    status: 'allowed',
    code: 'ok',
    action: null,
    until: null,
    reason: null,
    holders: [],
    budget: null,
    roomPct: null,
    equity: '1000',
    peakEquity: '1000',
    dailyPnl: '0',
    drawdownPct: '0',
    staleSince: null,
    currency: null,
    timeBase: 'server',
    timeZone: 'UTC',
    obeys: [],
    limits: [],
    ...more,
  }
}

export function accounts(
  members: readonly FleetMember[],
  said: Readonly<Record<string, LiveAccount>> = {},
): readonly Account[] {
  return accountsOf(new Map(members.map((one) => [one.id, one])), said)
}
