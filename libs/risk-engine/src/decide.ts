import { type ConfigEvent, inWords, limitOfHolder, type TraderId, type TraderState } from '@drawbridge/contracts/pure'
import { adaptLimits } from './account.ts'
import { type Configuration, withFlags } from './configuration.ts'
import { decideCommand } from './decide-command.ts'
import { decideTick, rejectTick } from './decide-tick.ts'
import { type Decision, eventOf, NOTHING } from './decision.ts'
import { beginDraft, type Draft, isFirstEvent, type TraderInput } from './draft.ts'
import { judge } from './judge.ts'
import { passTime, passWithoutTick } from './pass-time.ts'
import { changePauseOfAll, isMovedByPauseOfAll } from './pause-of-all.ts'
import { judgeSession } from './sessions.ts'

type FlagsEvent = Extract<ConfigEvent, { kind: 'flags' }>

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
    const inForce = input.kind === 'flags' ? withFlags(configuration, input.event) : configuration
    return decideInput(state, beginDraft(trader, state, inForce, input))
  } catch (error) {
    return decideFailed(trader, state, configuration, input, error)
  }
}

function decideInput(state: TraderState, draft: Draft): Decision {
  const { input } = draft
  switch (input.kind) {
    case 'tick':
      return decideTick(draft, input.tick)
    case 'unreadable-tick':
      return rejectTick(draft, input.reason, { seq: null, closed: input.closed }, input.cause)
    case 'control':
      return input.control.kind === 'wake' ? decideWake(draft) : decideCommand(draft, input.control)
    case 'flags':
      return decideFlags(draft, state, input.event)
    default:
      return input satisfies never
  }
}

/** A timer says that something may be due: in event time, where only ticks pass time, a judgement by other settings. */
function decideWake(draft: Draft): Decision {
  if (isFirstEvent(draft)) return NOTHING
  if (draft.limits.timeBase === 'server') passWithoutTick(draft)
  else {
    if (adaptLimits(draft.state, draft.limits)) judge(draft)
    judgeSession(draft)
  }
  return draft.facts.length === 0 ? NOTHING : eventOf(draft, null)
}

/** Whether a change of flags may make an event of a trader. */
export function isMovedByFlags(state: TraderState, flags: FlagsEvent): boolean {
  return isMovedByEnforcement(state) || isMovedByPauseOfAll(state, flags.pauseOfAll ?? null)
}

function isMovedByEnforcement(state: TraderState): boolean {
  return state.pause !== null || isJudgedOtherwise(state)
}

/** Whether limits hold the trader, or would with enforcement on. */
function isJudgedOtherwise({ pause, unenforced, limitStates }: TraderState): boolean {
  const isHeldByLimit = pause?.holds.some(({ holder }) => limitOfHolder(holder) !== null) === true
  return isHeldByLimit || unenforced.length > 0 || limitStates.some(({ uncomputable }) => uncomputable !== null)
}

/**
 * Switching enforcement off keeps holds without applying them; on applies them again and judges at once. A pause of all
 * traders holds each of them, whatever enforcement is.
 */
function decideFlags(draft: Draft, before: TraderState, event: FlagsEvent): Decision {
  const { configuration, limits, facts, now } = draft
  const isSwitched = before.enforced !== configuration.enforcement && isMovedByEnforcement(before)
  const isHeldOtherwise = isMovedByPauseOfAll(before, configuration.pauseOfAll)
  if (!isSwitched && !isHeldOtherwise) return NOTHING
  if (limits.timeBase === 'server') passTime(draft)
  judgeSession(draft)
  if (isHeldOtherwise) changePauseOfAll(draft, event)
  if (isSwitched) {
    if (isJudgedOtherwise(before)) facts.push({ kind: 'enforcement', at: now, enforced: configuration.enforcement })
    judge(draft)
  }
  return facts.length === 0 ? NOTHING : eventOf(draft, null)
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
    return { ...rejectTick(beginDraft(trader, state, configuration, input), reason, { seq: null, closed: [] }), error }
  } catch {
    return { kind: 'refused', reason, error }
  }
}
