import { type ProgramContext, printLine, UsageError } from '@drawbridge/service-kit/program'
import { flag, text } from '../options.ts'
import { type Colour, paintOn, widthOf } from '../terminal/paint.ts'
import { head, tableLines } from '../terminal/table.ts'
import { ConsoleApi } from './client.ts'
import { asOptions } from './faults.ts'
import { type CommandValues, signed, traderIn } from './trader-command.ts'

/** Options of the commands that many traders can be given at once. */
export const MANY_OPTIONS = { all: flag, prefix: text } as const

/** The console takes so many at once. */
export const MANY_MAX = 1_000

/** Their lines in a help. */
export const MANY_HELP = `  [trader]...        several: each has an outcome of its own
  --all              all traders
  --prefix text      those whose id begins so`

const OUTCOMES = ['stored', 'undecided', 'refused', 'unknown', 'failed'] as const
type Outcome = (typeof OUTCOMES)[number]

/** What has become of a command to many. */
interface ManyDone {
  /** Whether it holds for traders that come later, too. */
  readonly later: boolean
  readonly counts: { readonly [O in Outcome]?: number }
  /** Those for which it is not done come first. */
  readonly traders: readonly {
    readonly trader: string
    readonly outcome: Outcome
    readonly status: string | null
    readonly holders: readonly string[]
    readonly reason: string | null
  }[]
}

/** One trader by its name, or a selection of many. @throws {UsageError} if none is named, with the line to type */
export function tradersIn(
  values: Parameters<typeof selectionOf>[0],
  traders: readonly string[],
  usage: string,
): string | object {
  return selectionOf(values, traders) ?? traderIn(traders[0], usage)
}

/** Which traders are meant; null: one, by its name alone. @throws {UsageError} if the ways to name them are mixed */
export function selectionOf(
  { all, prefix }: { readonly all: boolean; readonly prefix?: string | undefined },
  traders: readonly string[],
): object | null {
  const ways = [all, prefix !== undefined, traders.length > 0].filter(Boolean).length
  if (ways > 1) throw new UsageError('which traders? Name them, or give --prefix, or --all: one of the three')
  if (all) return { all: true }
  if (prefix !== undefined) return { prefix }
  return traders.length > 1 ? { traders } : null
}

/** Gives a command to many traders, and tells the outcome of each. @returns the exit code */
export async function commandMany(
  context: ProgramContext,
  values: CommandValues,
  selection: object,
  command: 'pause' | 'resume',
  fields: object,
): Promise<number> {
  const api = await ConsoleApi.of(context, values)
  const create = values.create === true ? { create: true } : {}
  const body = { ...selection, ...fields, ...create, ...signed(values) }
  const path = `/api/traders/${command}`
  const done = await api.change<ManyDone>({ method: 'POST', path, body, key: values.key ?? null })
  const { stdout } = context
  printLine(stdout, values.json ? JSON.stringify(done) : inWords(done, context))
  return codeOf(done)
}

function codeOf({ counts }: ManyDone): number {
  const has = (...outcomes: readonly Outcome[]) => outcomes.some((one) => (counts[one] ?? 0) > 0)
  return has('refused', 'unknown', 'failed') ? 1 : has('undecided') ? 3 : 0
}

const COLOURS: { readonly [O in Outcome]: Colour } = {
  stored: 'green',
  undecided: 'yellow',
  refused: 'red',
  unknown: 'red',
  failed: 'red',
}

function inWords({ later, counts, traders }: ManyDone, { stdout, env }: ProgramContext): string {
  const rows = traders.map(({ trader, outcome, status, holders, reason }) => [
    { text: trader },
    { text: outcome === 'stored' ? 'done' : outcome, colour: COLOURS[outcome] },
    { text: status ?? '-' },
    { text: holders.join(', ') || '-' },
    { text: asOptions(reason ?? '') },
  ])
  const table = tableLines(
    [head('trader', 'outcome', 'state', 'held by', 'why'), ...rows],
    paintOn(stdout, env),
    widthOf(stdout),
  )
  const told = OUTCOMES.flatMap((one) =>
    (counts[one] ?? 0) > 0 ? [`${counts[one]} ${one === 'stored' ? 'done' : one}`] : [],
  )
  const summary = told.length === 0 ? 'There are no traders yet' : told.join(', ')
  return [
    ...(traders.length === 0 ? [] : [...table, '']),
    `${summary}${later ? '; it holds traders that come later, too' : ''}`,
  ].join('\n')
}
