import type { Parsed, TraderId } from '@drawbridge/contracts'
import { Semaphore } from '@drawbridge/nats'
import { HttpFault } from '@drawbridge/service-kit'
import type { Command } from '../core/command.ts'
import { type WireEvent, wireOf } from '../core/wire.ts'
import { natsFault } from '../nats-fault.ts'
import type { OperatorParts } from '../operator-parts.ts'

/** What a command to many has become for one of them. */
export interface TraderOutcome {
  readonly trader: TraderId
  /**
   * `stored`: done; `undecided`: stored in INPUTS, and not decided in time; `refused` by the guardian; `unknown`: no such
   * trader; `failed`: it is not known whether it was stored.
   */
  readonly outcome: (typeof TRADER_OUTCOMES)[number]
  readonly input: number | null
  /** Whether entries are allowed then, and who holds the pause. */
  readonly status: string | null
  readonly holders: readonly string[]
  /** Why it was not done. */
  readonly reason: string | null
}

export const TRADER_OUTCOMES = ['stored', 'undecided', 'refused', 'unknown', 'failed'] as const

/** So many commands wait for their decisions at once. */
const AT_ONCE = 200

interface ManyCommands {
  readonly traders: readonly TraderId[]
  readonly commandOf: (trader: TraderId) => Parsed<Command>
  readonly keyOf: (command: Command) => string | null
  readonly traceparent: string
  /** Whether a trader may be one that nobody knows yet. */
  readonly create: boolean
}

/** Gives each trader its own command. One that fails does not stop the others. */
export async function commandMany(parts: OperatorParts, many: ManyCommands): Promise<readonly TraderOutcome[]> {
  const slots = new Semaphore(AT_ONCE)
  return Promise.all(many.traders.map((trader) => slots.run(() => commandOne(parts, trader, many))))
}

async function commandOne(parts: OperatorParts, trader: TraderId, many: ManyCommands): Promise<TraderOutcome> {
  const { commandOf, keyOf, traceparent, create } = many
  const parsed = commandOf(trader)
  if (!parsed.ok) throw new HttpFault(400, 'invalid-body', parsed.reason)
  const command = parsed.value
  const nothing = { trader, input: null, status: null, holders: [], reason: null }
  try {
    if (!create) await parts.known.require(trader)
    const outcome = await parts.commander.send(command, { traceparent, key: keyOf(command), expected: null })
    switch (outcome.kind) {
      case 'stored':
        return { ...nothing, outcome: 'stored', input: outcome.inputSeq, ...standingIn(wireOf(outcome.event.data)) }
      case 'refused':
        return { ...nothing, outcome: 'refused', input: outcome.inputSeq, reason: outcome.reason }
      case 'pending':
        return { ...nothing, outcome: 'undecided', input: outcome.inputSeq, reason: 'not decided yet; it will be' }
      case 'conflict':
        return { ...nothing, outcome: 'failed', reason: 'it was changed in the meantime; send it again' }
      default:
        return outcome satisfies never
    }
  } catch (error) {
    const fault = natsFault(error)
    if (!(fault instanceof HttpFault)) throw error
    return { ...nothing, outcome: fault.statusCode === 404 ? 'unknown' : 'failed', reason: fault.message }
  }
}

function standingIn(event: WireEvent | null): Pick<TraderOutcome, 'status' | 'holders'> {
  return {
    status: event?.decision?.status ?? null,
    holders: event?.state?.pause?.holds?.map(({ holder }) => holder) ?? [],
  }
}
