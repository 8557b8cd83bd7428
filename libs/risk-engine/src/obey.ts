import { type Amount, authorOf, type Instant, refused, type TraderControl } from '@drawbridge/contracts'
import { changeLimits } from './own-limits.ts'
import { addHold, endPause } from './pause.ts'
import type { ResolvedLimits } from './resolved-limits.ts'
import type { Draft } from './state.ts'

/** Amounts in a state stay below 1e15 in size, as those of ticks. */
const AMOUNT_BOUND = 10n ** 23n

export type Obeyed = { readonly ok: true } | { readonly ok: false; readonly reason: string }
const OBEYED: Obeyed = { ok: true }

/**
 * Does what an operator asks for, or says why not.
 * @param now the trader's time
 * @param receivedAt JetStream's time
 */
export function obey(
  draft: Draft,
  limits: ResolvedLimits,
  control: TraderControl,
  now: Instant,
  receivedAt: Instant,
): Obeyed {
  const { state, facts } = draft
  switch (control.kind) {
    case 'wake':
      return OBEYED
    case 'pause': {
      const { until, reason } = control
      if (until !== null && until <= now) {
        return refused(
          `until ${new Date(until).toISOString()} is not after the trader's time ${new Date(now).toISOString()}`,
        )
      }
      facts.push({ kind: 'paused', until, reason, ...authorOf(control) })
      addHold(draft, { holder: 'operator', at: now, until, reason: `operator: ${reason}` })
      return OBEYED
    }
    case 'resume': {
      const justEnded = facts.some((fact) => fact.kind === 'resumed')
      if (state.pause === null) return justEnded ? OBEYED : refused('the trader is not paused')
      endPause(draft, { at: now, cause: 'operator', reason: control.reason, ...authorOf(control) })
      return OBEYED
    }
    case 'limits':
      changeLimits(draft, limits, control, receivedAt)
      return OBEYED
    case 'cash-flow':
      return shiftByCashFlow(draft, control)
    default:
      return control satisfies never
  }
}

/** A deposit or withdrawal moves equity, peak and baselines alike: it is neither a loss nor a gain. */
function shiftByCashFlow(draft: Draft, flow: Extract<TraderControl, { kind: 'cash-flow' }>): Obeyed {
  const { state, facts } = draft
  if (state.equity === null) return refused('the trader has not reported any equity yet')
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
      return refused('amount would bring the account to 1e15 or beyond')
    }
  }
  Object.assign(state, shifted)
  facts.push({ kind: 'cash-flow', amount: flow.amount, reason: flow.reason, ...authorOf(flow) })
  return OBEYED
}
