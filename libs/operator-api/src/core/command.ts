import {
  decodeControl,
  decodeFlags,
  decodeGlobalLimits,
  type Fact,
  type Parsed,
  parsed,
  refused,
  subjects,
  type TraderId,
  toJsonBytes,
} from '@drawbridge/contracts'

/** Whose events: a trader's, or those of a kind of configuration. Reserved ids keep the two apart. */
export type LogName = TraderId | 'flags' | 'limits'

/** What an operator asks for, as it goes into the input log: found valid by the decoders that guardians use. */
export interface Command {
  readonly subject: string
  /** Where its event will be. */
  readonly log: LogName
  readonly payload: Uint8Array
  /** The fact by which a trader's event says that it was obeyed; null: its event says so by being there. */
  readonly fact: Fact['kind'] | null
}

/** What an operator sent, read as JSON. */
export type Body = Readonly<Record<string, unknown>>

export function flagsCommand(body: Body, by: string): Parsed<Command> {
  const payload = toJsonBytes({ ...body, by })
  const flags = decodeFlags(payload)
  return flags.ok ? parsed({ subject: subjects.controlFlags, log: 'flags', payload, fact: null }) : flags
}

export function limitsCommand(body: Body, by: string): Parsed<Command> {
  const payload = toJsonBytes({ ...body, by })
  const change = decodeGlobalLimits(payload)
  if (!change.ok) return change
  const { limits, traders, maxTraders } = change.value
  if (Object.keys(limits).length + Object.keys(traders).length === 0 && maxTraders === null) {
    return refused('names no limit to change')
  }
  return parsed({ subject: subjects.controlLimits, log: 'limits', payload, fact: null })
}

const FACTS = { pause: 'paused', resume: 'resumed', limits: 'limits-changed', 'cash-flow': 'cash-flow' } as const

export function traderCommand(kind: keyof typeof FACTS, trader: TraderId, body: Body, by: string): Parsed<Command> {
  // Who resumes must say why, as who pauses: the next one on duty reads it.
  if (kind === 'resume' && body.reason === undefined) return refused('reason is missing')
  const payload = toJsonBytes({ ...body, by })
  const control = decodeControl(kind, payload)
  if (!control.ok) return control
  return parsed({ subject: subjects.control(kind, trader), log: trader, payload, fact: FACTS[kind] })
}
