import { type ProgramContext, printLine, UsageError } from '@drawbridge/service-kit/program'
import { checkWords, flag, text } from '../options.ts'
import { CONSOLE_HELP, CONSOLE_OPTIONS } from './address.ts'
import { type Changed, ConsoleApi } from './client.ts'

/** Options of every command that changes something. */
const COMMAND_OPTIONS = { ...CONSOLE_OPTIONS, reason: text, by: text, key: text, json: flag } as const

/** As {@link COMMAND_OPTIONS}, where the change is to one trader. */
export const TRADER_OPTIONS = { ...COMMAND_OPTIONS, create: flag } as const

/** Their lines in a help, and the exit codes. */
export const COMMAND_HELP = `  --create           the trader may be one that is not configured and has never reported
  --by who           on whose behalf; the author is the name of the token
  --key key          commands of the same key within two minutes are one (default: a new key)
  --json             the console's answer, one JSON object
${CONSOLE_HELP}
  --help             this text

Exit codes: 0 done; 1 failed or refused; 2 the command line or the settings are not valid; 3 taken, and not decided within 2 s: no
guardian runs, or it is behind.
`

export interface CommandValues {
  readonly url?: string | undefined
  readonly 'token-file'?: string | undefined
  readonly reason?: string | undefined
  readonly by?: string | undefined
  readonly key?: string | undefined
  readonly json: boolean
  readonly create?: boolean
}

/** @throws {UsageError} if it is missing, with the line to type */
export function traderIn(trader: string | undefined, usage: string): string {
  if (trader === undefined || trader === '') throw new UsageError(`which trader? Type: npm run drawbridge -- ${usage}`)
  return trader
}

/** @throws {UsageError} if it is missing */
export function reasonIn({ reason }: CommandValues, why: string): string {
  checkWords('--reason', reason)
  if (reason !== undefined) return reason
  throw new UsageError(`--reason is missing: ${why}? Add --reason "..."`)
}

/** What the console is told beside the command itself. */
export function signed({ by, reason }: CommandValues): object {
  checkWords('--by', by)
  checkWords('--reason', reason)
  return { ...(reason === undefined ? {} : { reason }), ...(by === undefined ? {} : { onBehalfOf: by }) }
}

/** Whether the trader may be one that nobody knows, as the console is told. */
export const creating = ({ create = false }: CommandValues): string => (create ? '?create=true' : '')

export const pathOf = (trader: string, what: string): string => `/api/traders/${encodeURIComponent(trader)}${what}`
export const limitsOf = (trader: string): string => `/api/limits/${encodeURIComponent(trader)}`

/** Gives a command to one trader, and says what it did. @returns the exit code */
export async function commandTrader(
  context: ProgramContext,
  values: CommandValues,
  trader: string,
  command: string,
  fields: object,
): Promise<number> {
  const api = await ConsoleApi.of(context, values)
  const body = { ...fields, ...signed(values) }
  const path = pathOf(trader, `/${command}${creating(values)}`)
  const changed = await api.change({ method: 'POST', path, body, key: values.key ?? null })
  return tell(context, values, changed, () => wordsOf(api, trader, changed))
}

/** @param told what was done, for people */
export async function tell(
  { stdout, stderr }: ProgramContext,
  { json }: CommandValues,
  changed: Changed,
  told: () => Promise<readonly string[]>,
): Promise<number> {
  for (const warning of changed.warnings ?? []) printLine(stderr, `Warning: ${warning}`)
  if (json) printLine(stdout, JSON.stringify(changed))
  else if (changed.event !== null) for (const line of await told()) printLine(stdout, line)
  if (changed.event !== null) return 0
  printLine(stderr, `${undecided(changed.input)}\n  npm run drawbridge -- doctor   says whether a guardian runs`)
  return 3
}

function undecided(input: number | null): string {
  const which = input === null ? 'The command is stored' : `The command is stored as input ${input}`
  return `${which}, but no guardian has decided it within 2 s. It will be decided when one runs.`
}

/** What the console says of the event of a command. */
export async function wordsOf(api: ConsoleApi, trader: string, { event }: Changed): Promise<readonly string[]> {
  const { words } = await api.get<{ words: readonly string[] }>(pathOf(trader, `/explain/${event?.version}`))
  return words
}
