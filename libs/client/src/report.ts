import type { TickDecision } from './core/tick-decision.ts'
import type { Gate } from './gate.ts'
import type { OwnTick, TickFate, Undecided } from './own-ticks.ts'
import { closed, type Verdict } from './verdict.ts'

/** The answer to a report: what the gate says once the reading is judged, and what became of the reading. */
export type Report = Verdict &
  (
    | { readonly decision: TickDecision; readonly message: null }
    /** Not judged yet: `allowed` is false, as no older decision answers for it. The message says why, and what to do. */
    | { readonly decision: null; readonly message: string }
  )

/** The answer as soon as the reading is judged, and at the start a guardian is heard; after `waitMs` what is known then. */
export async function reportWithin(gate: Gate, own: Pick<OwnTick, 'fate'>, waitMs: number): Promise<Report> {
  const end = performance.now() + waitMs
  const fate = await own.fate(waitMs)
  if (fate.kind === 'decided') await gate.untilKnown(end - performance.now())
  return reportOf(gate, fate)
}

function reportOf(gate: Gate, fate: TickFate): Report {
  const verdict = gate.canTrade()
  if (fate.kind === 'decided') return { ...verdict, decision: fate.decision, message: null }
  const message = inWords(fate.why, gate)
  const isHeard = fate.why !== 'unjudged' || gate.isGuardianHeard
  const isBlocked = !verdict.allowed && !BY_THE_GATE.includes(verdict.code)
  const told = isBlocked ? verdict : closed(isHeard ? 'undecided' : 'no-guardian', message)
  return { ...told, decision: null, message }
}

/** What the gate says for itself: a report says it better. */
const BY_THE_GATE: readonly string[] = ['unknown', 'undecided', 'no-guardian']

function inWords(why: Undecided, gate: Gate): string {
  switch (why) {
    case 'unsent':
      return 'this reading is not judged yet, because NATS has not stored it; it is sent until NATS has it. Ask again, or report the next one'
    case 'unjudged':
      return gate.isGuardianHeard
        ? 'this reading is stored and not judged yet, because guardians are behind; it will be. Ask again, or report the next one'
        : 'this reading is stored and not judged yet, because no risk guardian is heard; it is judged once one runs. Start one, ' +
            'for example with: npm start'
    case 'set-aside':
      return (
        'guardians have set this reading aside without judging it: there are max_traders traders already, or an admin removed ' +
        'it. See why with: npm run drawbridge -- dead-letters list'
      )
    case 'dropped':
      return 'this reading was left out, because more waited for NATS than there is room for; newer ones are sent. Report again'
    case 'lost':
      return 'NATS has lost this reading, with the end of INPUTS. Report again'
    case 'closed':
      return 'this trader has stopped before the reading was judged; it is judged if NATS has it. Connect again'
    default:
      return why satisfies never
  }
}
