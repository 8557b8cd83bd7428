import { AMOUNT_BOUND, type Amount, authorOf, type PendingLimits, type TraderControl } from '@drawbridge/contracts'
import { type Decision, eventOf, NOTHING } from './decision.ts'
import type { Draft } from './draft.ts'
import { dueOf, isEmpty, loosenedAt, splitChange, valuesOf, without } from './loosening.ts'
import { passWithoutTick } from './pass-time.ts'
import { addHold, endPause } from './pause.ts'

type Command = Exclude<TraderControl, { kind: 'wake' }>

/** An operator's command. In event time it takes the last tick's time. */
export function decideCommand(draft: Draft, command: Command): Decision {
  passWithoutTick(draft)
  const refused = obey(draft, command)
  if (draft.facts.length > 0) return eventOf(draft, null, refused)
  return refused === null ? NOTHING : { kind: 'refused', reason: refused }
}

/** Does what an operator asks for. @returns why it cannot be done; null: it is done */
function obey(draft: Draft, command: Command): string | null {
  const { state, facts, now } = draft
  switch (command.kind) {
    case 'pause': {
      const { until, reason } = command
      if (until !== null && until <= now) {
        return `until ${new Date(until).toISOString()} is not after the trader's time ${new Date(now).toISOString()}`
      }
      facts.push({ kind: 'paused', until, reason, ...authorOf(command) })
      addHold(draft, { holder: 'operator', at: now, until, reason: `operator: ${reason}` })
      return null
    }
    case 'resume': {
      const justEnded = facts.some((fact) => fact.kind === 'resumed')
      if (state.pause === null) return justEnded ? null : 'the trader is not paused'
      endPause(draft, { at: now, cause: 'operator', reason: command.reason, ...authorOf(command) })
      return null
    }
    case 'limits':
      changeLimits(draft, command)
      return null
    case 'cash-flow':
      return shiftByCashFlow(draft, command)
    default:
      return command satisfies never
  }
}

/** A deposit or withdrawal moves equity, peak and baselines alike: it is neither a loss nor a gain. */
function shiftByCashFlow({ state, facts }: Draft, flow: Extract<Command, { kind: 'cash-flow' }>): string | null {
  if (state.equity === null) return 'the trader has not reported any equity yet'
  const shift = (amount: Amount | null): Amount | null => (amount === null ? null : amount + flow.amount)
  const shifted = {
    equity: shift(state.equity),
    balance: shift(state.balance),
    peakEquity: shift(state.peakEquity),
    dayEquity: shift(state.dayEquity),
    dayBalance: shift(state.dayBalance),
  }
  for (const amount of Object.values(shifted)) {
    if (amount !== null && (amount >= AMOUNT_BOUND || amount <= -AMOUNT_BOUND)) {
      return 'amount would bring the account to 1e15 or beyond'
    }
  }
  Object.assign(state, shifted)
  facts.push({ kind: 'cash-flow', amount: flow.amount, reason: flow.reason, ...authorOf(flow) })
  return null
}

/** What tightens takes effect at once, what loosens after a wait. */
function changeLimits({ state, facts, limits, input }: Draft, control: Extract<Command, { kind: 'limits' }>): void {
  const { limits: change, reason } = control
  const { now, pending } = splitChange(change, limits)
  const waits = isEmpty(pending) ? null : { pending, inForceAt: loosenedAt(input.time, limits) }
  facts.push({
    kind: 'limits-changed',
    limits: now,
    previous: valuesOf(limits, change),
    ...waits,
    reason,
    ...authorOf(control),
  })
  state.limits = { ...state.limits, ...now }
  const left = state.pendingLimits.map((known) => ({ at: known.at, limits: without(known.limits, change) }))
  state.pendingLimits = inOrder(waits === null ? left : [...left, { at: waits.inForceAt, limits: pending }])
}

/** In order of time, one for each moment, none of them empty. */
function inOrder(all: readonly PendingLimits[]): PendingLimits[] {
  return [...Map.groupBy(all, ({ at }) => at)]
    .map(([at, same]) => ({ at, limits: dueOf(same, at) }))
    .filter(({ limits }) => !isEmpty(limits))
    .sort((a, b) => a.at - b.at)
}
