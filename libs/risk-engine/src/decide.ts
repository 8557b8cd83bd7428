import { inWords, type TraderId, type TraderState } from '@drawbridge/contracts'
import type { Configuration } from './configuration.ts'
import { decideCommand } from './decide-command.ts'
import { decideTick, rejectTick } from './decide-tick.ts'
import { type Decision, eventOf, NOTHING } from './decision.ts'
import { beginDraft, type Draft, type TraderInput } from './draft.ts'
import { passTime, passWithoutTick } from './pass-time.ts'
import { endLimitHolds } from './pause.ts'

/**
 * Decides one input of one trader. Changed limits take effect and time advances first, then the input counts. A pure
 * function: the same state, configuration and input give the same event. An input that the state already includes must
 * not be given again.
 *
 * A tick always gives an event. A wake-up gives one if something was due, a command unless it cannot be obeyed.
 */
export function decide(
  trader: TraderId,
  state: TraderState,
  configuration: Configuration,
  input: TraderInput,
): Decision {
  try {
    return decideInput(beginDraft(trader, state, configuration, input))
  } catch (error) {
    return decideFailed(trader, state, configuration, input, error)
  }
}

function decideInput(draft: Draft): Decision {
  const { input } = draft
  switch (input.kind) {
    case 'tick':
      return decideTick(draft, input.tick)
    case 'unreadable-tick':
      return rejectTick(draft, input.reason, null)
    case 'control':
      return input.control.kind === 'wake' ? decideWake(draft) : decideCommand(draft, input.control)
    case 'enforcement':
      return decideEnforcement(draft, input.enforced)
    default:
      return input satisfies never
  }
}

/** A timer says that something may be due. In event time only ticks pass time, so there it is nothing. */
function decideWake(draft: Draft): Decision {
  if (draft.limits.timeBase === 'event') return NOTHING
  passWithoutTick(draft)
  return draft.facts.length === 0 ? NOTHING : eventOf(draft, null)
}

/** Switching enforcement off ends the holds of limits and does nothing else: not every trader gets this input. */
function decideEnforcement(draft: Draft, enforced: boolean): Decision {
  const isHeldByLimits = draft.state.pause?.holds.some((hold) => hold.holder !== 'operator') === true
  if (enforced || !isHeldByLimits) return NOTHING
  if (draft.limits.timeBase === 'server') passTime(draft)
  endLimitHolds(draft, { at: draft.now, cause: 'enforcement-off', reason: null, by: null })
  return eventOf(draft, null)
}

/**
 * If an input triggers a bug of the rules, it is refused, a tick by an event, so that later inputs are decided. Every
 * guardian does the same.
 */
function decideFailed(
  trader: TraderId,
  state: TraderState,
  configuration: Configuration,
  input: TraderInput,
  error: unknown,
): Decision {
  const reason = `could not be judged: ${inWords(error)}`
  if (input.kind !== 'tick') return { kind: 'refused', reason, error }
  try {
    return { ...rejectTick(beginDraft(trader, state, configuration, input), reason, null), error }
  } catch {
    return { kind: 'refused', reason, error }
  }
}
