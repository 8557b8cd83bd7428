import {
  OPERATOR_COMMANDS,
  parseInputSubject,
  parseJson,
  printable,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'

/** Every subject of commands that change one thing. */
export interface Rivals {
  /** What all users publish, as one subject. */
  readonly byUsers: string
  /** What clients publish that no server vouches for. */
  readonly byOthers: readonly string[]
}

export const FLAG_RIVALS: Rivals = { byUsers: subjects.commandFlags('*'), byOthers: [subjects.controlFlags] }
export const LIMIT_RIVALS: Rivals = { byUsers: subjects.commandLimits('*'), byOthers: [subjects.controlLimits] }

export function ownLimitRivals(trader: TraderId): Rivals {
  return { byUsers: subjects.command('*', 'limits', trader), byOthers: [subjects.control('limits', trader)] }
}

/** Whatever people may do to a trader: what one of them means to do depends on what the others did. */
export function traderRivals(trader: TraderId): Rivals {
  const byOthers = OPERATOR_COMMANDS.map((command) => subjects.control(command, trader))
  return { byUsers: subjects.anyCommand(trader), byOthers }
}

/** The last command that changes one thing. */
export interface LastRival {
  /** In INPUTS; 0: there is none. */
  readonly seq: number
  /** The last one of users. */
  readonly byUserSeq: number
  /** Whether a guardian has decided it. */
  readonly isDecided: boolean
  /** What it was, and who gave it, as far as it says; null: there is none. */
  readonly words: string | null
}

/** A command of somebody else in words, like `pause by "ann" at 2026-03-12T20:00:00.000Z`. */
export function rivalInWords(subject: string, payload: Uint8Array, time: Date): string {
  const address = parseInputSubject(subject)
  const what = address.kind === 'command' ? address.command : address.kind
  return `${what}${authorOf(payload)} at ${time.toISOString()}`
}

const NAME_MAX = 100

function authorOf(payload: Uint8Array): string {
  const json = parseJson(payload)
  const by = json.ok ? (json.value.value as { readonly by?: unknown } | null)?.by : undefined
  return typeof by === 'string' ? ` by "${printable(by, NAME_MAX)}"` : ''
}
