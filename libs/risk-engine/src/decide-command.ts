import { authorOf, type PendingLimits, type TraderControl } from '@drawbridge/contracts/pure'
import { adaptLimits, forgetInitial } from './account.ts'
import { correct, restart, takeCashFlow } from './account-commands.ts'
import { limitsOf } from './configuration.ts'
import { type Decision, eventOf, NOTHING } from './decision.ts'
import { type Draft, isFirstEvent } from './draft.ts'
import { judge } from './judge.ts'
import { tooManyLimits } from './limits/definitions.ts'
import { dueOf, isEmpty, loosenedAt, mergedOwn, splitChange, valuesOf, without } from './loosening.ts'
import { passTime, passWithoutTick } from './pass-time.ts'
import { pause, resume } from './pause-commands.ts'
import { judgeSession } from './sessions.ts'
import { judgeSilence } from './silence.ts'

type Command = Exclude<TraderControl, { kind: 'wake' }>

/** An operator's command. In event time it takes the last tick's time. */
export function decideCommand(draft: Draft, command: Command): Decision {
  passWithoutTick(draft)
  const refused = obey(draft, command)
  // A refused command makes no trader, whatever its time brings.
  if (refused !== null && isFirstEvent(draft)) return { kind: 'refused', reason: refused }
  if (draft.facts.length > 0) return eventOf(draft, null, refused)
  return refused === null ? NOTHING : { kind: 'refused', reason: refused }
}

/** Does what an operator asks for. @returns why it cannot be done; null: it is done */
function obey(draft: Draft, command: Command): string | null {
  switch (command.kind) {
    case 'pause':
      return pause(draft, command)
    case 'resume':
      return resume(draft, command)
    case 'limits':
      return changeLimits(draft, command)
    case 'cash-flow':
      return takeCashFlow(draft, command)
    case 'restart':
      return restart(draft, command)
    case 'correct':
      return correct(draft, command)
    default:
      return command satisfies never
  }
}

/** What tightens takes effect at once, what loosens after a wait. */
function changeLimits(draft: Draft, control: Extract<Command, { kind: 'limits' }>): string | null {
  const { trader, configuration, state, facts, limits, input } = draft
  const { limits: change, reason } = control
  const { now, pending } = splitChange(change, limits)
  const after = limitsOf(configuration, trader, mergedOwn(state.limits, now), input.time)
  const whole = limitsOf(configuration, trader, mergedOwn(state.limits, change), input.time)
  const tooMany = tooManyLimits(limits.definitions, whole.definitions)
  if (tooMany !== null) return tooMany
  for (const name of Object.keys(change.named ?? {})) {
    const missing = whole.definitions.incomplete.get(name)
    if (missing !== undefined) return `limits.${name}: ${missing}`
  }
  const waits = isEmpty(pending) ? null : { pending, inForceAt: loosenedAt(input.time, limits) }
  facts.push({
    kind: 'limits-changed',
    limits: now,
    previous: valuesOf(limits, change),
    ...waits,
    reason,
    ...authorOf(control),
  })
  state.limits = mergedOwn(state.limits, now)
  const left = state.pendingLimits.map((known) => ({ at: known.at, limits: without(known.limits, change) }))
  state.pendingLimits = inOrder(waits === null ? left : [...left, { at: waits.inForceAt, limits: pending }])
  draft.limits = after
  forgetInitial(state, limits, after)
  if (!isEmpty(now)) state.undo = null
  if (after.timeBase === 'server') passTime(draft)
  adaptLimits(state, after)
  judge(draft)
  judgeSession(draft)
  judgeSilence(draft)
  return null
}

/** In order of time, one for each moment, none of them empty. */
function inOrder(all: readonly PendingLimits[]): PendingLimits[] {
  return [...Map.groupBy(all, ({ at }) => at)]
    .map(([at, same]) => ({ at, limits: dueOf(same, at) }))
    .filter(({ limits }) => !isEmpty(limits))
    .sort((a, b) => a.at - b.at)
}
