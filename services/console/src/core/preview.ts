import {
  decodeControl,
  formatInstant,
  type Instant,
  limitsToMessage,
  type OperatorCommand,
  type Parsed,
  parsed,
  type RiskEvent,
  signedBy,
  standingOf,
  type TraderId,
  type TraderState,
} from '@drawbridge/contracts'
import { type Configuration, decide, INITIAL_STATE } from '@drawbridge/risk-engine'
import type { Command } from './command.ts'
import { type Distance, distancesOf } from './distances.ts'
import { eventInWords } from './event-in-words.ts'
import { limitsInForce } from './limits.ts'

/** What a command would do if it were given now. */
export interface Preview {
  /** Why it would be refused; null: it would not. */
  readonly refused: string | null
  /** What would have happened, in one line; null: nothing. */
  readonly words: string | null
  readonly before: Standing
  readonly after: Standing
  /** The room to each limit then. */
  readonly distances: readonly Distance[]
  /** What of a change of limits would wait, and until when. */
  readonly pending: readonly { readonly at: string; readonly limits: object }[]
}

interface Standing {
  readonly allowed: boolean
  readonly code: string
  readonly reason: string | null
  readonly until: string | null
  readonly holders: readonly string[]
}

/**
 * Asks the rules themselves, by the state that is known now. What comes in before the command is given may change it.
 * @param newest the newest event of the trader; null: it has none
 */
export function previewOf(
  kind: OperatorCommand,
  trader: TraderId,
  { payload }: Pick<Command, 'payload'>,
  newest: RiskEvent | null,
  configuration: Configuration,
  now: Instant,
): Parsed<Preview> {
  const control = decodeControl(kind, payload)
  if (!control.ok) return control
  const state = newest?.state ?? INITIAL_STATE
  const input = {
    kind: 'control',
    control: signedBy({ kind: 'http' }, control.value),
    seq: state.inputSeq + 1,
    // A clock may be behind that of the log, where time never goes back.
    time: Math.max(now, newest?.recordedAt ?? now),
  } as const
  const decision = decide(trader, state, configuration, input)
  const event = decision.kind === 'event' ? decision.event : null
  const after = event?.state ?? state
  const known = new Set(state.pendingLimits.map(({ at }) => at))
  return parsed({
    refused: decision.kind === 'nothing' ? null : decision.kind === 'refused' ? decision.reason : decision.refused,
    words: event === null ? null : eventInWords(event),
    before: standing(state),
    after: standing(after),
    distances: distancesOf(after, limitsInForce(configuration, trader, after, input.time)),
    pending: after.pendingLimits
      .filter(({ at }) => !known.has(at))
      .map(({ at, limits }) => ({ at: formatInstant(at), limits: limitsToMessage(limits) })),
  })
}

function standing(state: TraderState): Standing {
  const { allowed, code, reason, until, holders } = standingOf(state)
  return { allowed, code, reason, until: until === null ? null : formatInstant(until), holders }
}
