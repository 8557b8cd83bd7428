import {
  decodeControl,
  decodeFlags,
  decodeGlobalLimits,
  type Fact,
  type GlobalLimitsChange,
  HTTP_USER,
  limitWarnings,
  type OperatorCommand,
  type Parsed,
  parsed,
  refused,
  subjects,
  type TraderId,
  toJsonBytes,
} from '@drawbridge/contracts'

/** The log of a trader's events, or of a kind of configuration. Reserved ids keep the two distinct. */
export type LogName = TraderId | 'flags' | 'limits'

/** A command as it goes into the input log, validated by the same decoders that guardians use. */
export interface Command {
  readonly subject: string
  /** Every subject for the same command of any user. */
  readonly ofAnyUser: string
  /** Where its event will be. */
  readonly log: LogName
  readonly payload: Uint8Array
  /** The fact in a trader's event that confirms the command; null: the event itself confirms it. */
  readonly fact: Fact['kind'] | null
  /** What is valid in it, and probably not meant. */
  readonly warnings: readonly string[]
}

/** The JSON that an operator sent. */
export type Body = Readonly<Record<string, unknown>>

/** @param by the caller, as identified by the API; a `by` in the body says on whose behalf the caller acts */
export function flagsCommand(body: Body, by: string): Parsed<Command> {
  const payload = signedBytes(body, by)
  const flags = decodeFlags(payload)
  if (!flags.ok) return flags
  const [subject, ofAnyUser] = [subjects.commandFlags(HTTP_USER), subjects.commandFlags('*')]
  return parsed({ subject, ofAnyUser, log: 'flags', payload, fact: null, warnings: [] })
}

/** @param faultOf why a change does not fit what is in force; null: it does */
export function limitsCommand(
  body: Body,
  by: string,
  faultOf: (change: GlobalLimitsChange) => string | null = () => null,
): Parsed<Command> {
  const payload = signedBytes(body, by)
  const change = decodeGlobalLimits(payload)
  if (!change.ok) return change
  const fault = faultOf(change.value)
  if (fault !== null) return refused(fault)
  const { limits, traders, maxTraders } = change.value
  if (Object.keys(limits).length + Object.keys(traders).length === 0 && maxTraders === null) {
    return refused('names no limit to change')
  }
  const [subject, ofAnyUser] = [subjects.commandLimits(HTTP_USER), subjects.commandLimits('*')]
  const warnings = [
    ...limitWarnings(limits),
    ...Object.entries(traders).flatMap(([id, own]) => limitWarnings(own).map((words) => `${id}: ${words}`)),
  ]
  return parsed({ subject, ofAnyUser, log: 'limits', payload, fact: null, warnings })
}

const FACTS = {
  pause: 'paused',
  resume: 'resumed',
  limits: 'limits-changed',
  'cash-flow': 'cash-flow',
  restart: 'restarted',
  correct: 'corrected',
} as const satisfies Readonly<Record<OperatorCommand, Fact['kind']>>

/** What the API knows of a request beside its body. */
export interface Request {
  /** The caller, as identified by the API; a `by` in the body says on whose behalf the caller acts. */
  readonly by: string
  /** Whether the caller may do what only admins may. */
  readonly isAdmin: boolean
  /** By which a cash flow counts once, however often it is sent; null: none was sent. */
  readonly key: string | null
}

export function traderCommand(
  kind: OperatorCommand,
  trader: TraderId,
  body: Body,
  { by, isAdmin, key }: Request,
): Parsed<Command> {
  // A resume needs a reason, like a pause: the next one on duty reads it.
  if (kind === 'resume' && body.reason === undefined) return refused('reason is missing')
  const known = {
    ...(kind === 'resume' && isAdmin ? { admin: true } : {}),
    ...(kind === 'cash-flow' && key !== null && body.id === undefined ? { id: key } : {}),
  }
  const payload = signedBytes({ ...body, ...known }, by)
  const control = decodeControl(kind, payload)
  if (!control.ok) return control
  const ofAnyUser = subjects.command('*', kind, trader)
  const subject = subjects.command(HTTP_USER, kind, trader)
  const warnings = control.value.kind === 'limits' ? limitWarnings(control.value.limits) : []
  return parsed({ subject, ofAnyUser, log: trader, payload, fact: FACTS[kind], warnings })
}

/** A body of old clients, without `onBehalfOf`, says in `by` on whose behalf the caller acts. */
function signedBytes({ by: claim, onBehalfOf = claim, ...body }: Body, by: string): Uint8Array {
  return toJsonBytes({ ...body, by, onBehalfOf: onBehalfOf === by ? undefined : onBehalfOf })
}
