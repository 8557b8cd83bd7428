import { setTimeout as wait } from 'node:timers/promises'
import { type Program, type ProgramContext, printLine, readOptions } from '@drawbridge/service-kit/program'
import { CONSOLE_HELP, CONSOLE_OPTIONS } from './console-api/address.ts'
import { ConsoleApi } from './console-api/client.ts'
import { flag, readInteger, text } from './options.ts'
import { namedIn, readFleet, type Summary, statusOf } from './status/fleet.ts'
import { fleetLines } from './status/fleet-table.ts'
import { isTerminal, paintOn, widthOf } from './terminal/paint.ts'

const HELP = `Who may trade, why not, until when, and how near the next limit is. The trader that is nearest to a limit comes first.

  npm run drawbridge -- status [trader]... [--watch] [--json]

  [trader]...        only these; default: all
  --watch            shows it again and again, until Ctrl-C
  --every seconds    how often, 1 to 3600 (default: 2)
  --exit-code        3 if one that is shown may not enter a position
  --json             one JSON object: {"traders": [...]}, as GET /api/traders tells them, in this order, and blockedBy;
                     with --watch one a line
${CONSOLE_HELP}
  --help             this text

  state     allowed; paused: an operator or a limit holds it; blocked: entries wait for another reason, or for a
            trader that it obeys
  room left what part of the nearest limit's room is left; full is all of it, and a broken limit has none
  in money  a loss of so much breaks that limit
  day       equity less what it was at the day's start
  until     open: nobody can say, as somebody must resume it or a limit is still broken

Exit codes: 0 done; 1 failed; 2 the command line or the settings are not valid; 3 with --exit-code: entries of one are blocked.
`

const OPTIONS = {
  ...CONSOLE_OPTIONS,
  watch: flag,
  every: { ...text, default: '2' },
  'exit-code': flag,
  json: flag,
} as const
const TRADERS_MAX = 1_000

export const status = statusUntil(new AbortController().signal)

/** @param stopping ends `--watch`, as Ctrl-C does */
export function statusUntil(stopping: AbortSignal): Program {
  return { help: HELP, run: (args, context) => run(args, context, stopping) }
}

async function run(args: readonly string[], context: ProgramContext, stopping: AbortSignal): Promise<number> {
  const { values, positionals } = readOptions(args, OPTIONS, TRADERS_MAX)
  const everyMs = readInteger('--every', values.every, 1, 3_600) * 1_000
  const api = await ConsoleApi.of(context, values)
  const configured = await configuredIn(context)
  const read = async () => namedIn(await readFleet(api), positionals, configured)
  let traders = await read()
  if (!values.watch) {
    printLine(context.stdout, values.json ? jsonOf(traders) : textOf(traders, context, null))
    return codeOf(traders, values['exit-code'])
  }
  while (!stopping.aborted) {
    show(values.json ? jsonOf(traders) : textOf(traders, context, heightOf(context)), values.json, context)
    await wait(everyMs, null, { signal: stopping }).catch(() => undefined)
    if (!stopping.aborted) traders = await lastingly(read, traders, context)
  }
  return codeOf(traders, values['exit-code'])
}

/** The settings of this folder, which may be those of the system that is asked. */
async function configuredIn(context: ProgramContext): Promise<readonly string[]> {
  const { readConfig } = await import('@drawbridge/settings')
  const config = readConfig(context)
  return config.ok ? Object.keys(config.value.traders) : []
}

/** While it is watched, a console that is away is told, and asked again. */
async function lastingly(
  read: () => Promise<readonly Summary[]>,
  known: readonly Summary[],
  { stderr }: ProgramContext,
) {
  try {
    return await read()
  } catch (error) {
    printLine(stderr, `Not up to date: ${(error as Error).message}`)
    return known
  }
}

function codeOf(traders: readonly Summary[], isAsked: boolean): number {
  return isAsked && traders.some((one) => statusOf(one) !== 'allowed') ? 3 : 0
}

function jsonOf(traders: readonly Summary[]): string {
  return JSON.stringify({ traders })
}

function textOf(traders: readonly Summary[], { stdout, env }: ProgramContext, most: number | null): string {
  return fleetLines(traders, paintOn(stdout, env), widthOf(stdout), most).join('\n')
}

/** The head, an empty line and the counts are shown, too. */
const OTHER_LINES = 4
const CLEAR = '\x1b[H\x1b[2J'

function heightOf({ stdout }: ProgramContext): number | null {
  const { rows } = stdout as Partial<NodeJS.WriteStream>
  return isTerminal(stdout) && rows !== undefined ? Math.max(1, rows - OTHER_LINES) : null
}

function show(shown: string, isJson: boolean, { stdout }: ProgramContext): void {
  if (isJson) printLine(stdout, shown)
  else printLine(stdout, isTerminal(stdout) ? `${CLEAR}${shown}` : `${shown}\n`)
}
