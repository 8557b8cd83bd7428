import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { commandDoor } from '@drawbridge/nats'
import { APPLY } from '@drawbridge/service-kit'
import {
  alignedRows,
  type Program,
  type ProgramContext,
  printLine,
  readOptions,
  UsageError,
} from '@drawbridge/service-kit/program'
import { configOf } from '@drawbridge/settings'
import { pathFrom } from '@drawbridge/settings/place'
import { apply, inForce, openControlLog } from './control-log.ts'
import { type Change, type Changes, changesOf, type Imported, isOurs, readNofxFile } from './import-config/nofx-file.ts'
import { checkWords, flag, text } from './options.ts'
import { withNats } from './servers.ts'

const HELP = `Imports a config.json of NOFX as control inputs: its settings apply from then on, without a restart. For a config.json of
Drawbridge there is apply-config.

  npm run drawbridge -- import-config <file> [--by who] [--reason why] [--dry-run] [--json]

It takes max_daily_loss (percent of the initial balance), max_drawdown and stop_trading_minutes for all traders, the
initial_balance of each trader by its id, and the feature_flags enable_persistence and enable_risk_enforcement. Settings that
the file does not name stay unchanged; unknown ones are listed. Importing again changes nothing.

  <file>         the config.json of NOFX; JSON without comments
  --by who       on whose behalf; kept in the events as onBehalfOf. The author is the NATS user, or else that of this machine
  --reason why   why; kept there, too (default: names the file)
  --dry-run      show what would change, and change nothing
  --json         one JSON object: {"done": "now" | "nothing", "changes": [{"setting", "before", "after"}], "unknown": [...]}
  --help         this text

It waits until the events are stored: a guardian must run. Exit codes: 0 done, also if there was nothing to change; 1 failed;
2 the command line, the settings or the file are not valid, and nothing was changed.
`

/** Only --json lists more unknown settings. */
const SHOWN_MAX = 30

export const importConfig = importConfigWithin(10_000)

/** @param decidedWithinMs how long guardians may take to decide what changes */
export function importConfigWithin(decidedWithinMs: number): Program {
  return { help: HELP, run: (args, context) => run(args, context, decidedWithinMs) }
}

async function run(args: readonly string[], context: ProgramContext, decidedWithinMs: number): Promise<number> {
  const { values, positionals } = readOptions(args, { by: text, reason: text, 'dry-run': flag, json: flag }, 1)
  const [file] = positionals
  if (file === undefined) throw new UsageError('the file is missing: which config.json?')
  const { by, reason = `imported from ${basename(file)}`, json } = values
  checkWords('--by', by)
  checkWords('--reason', reason)
  const imported = await read(file, context)
  if (imported === null) return 2
  return withNats(context, async (connection) => {
    const log = await openControlLog(connection, decidedWithinMs)
    const changes = changesOf(imported, await inForce(log))
    const isChanging = changes.changes.length > 0 && !values['dry-run']
    if (isChanging) await apply(log, changes, commandDoor(configOf(context).nats), by, reason)
    const done = isChanging ? 'now' : 'nothing'
    printLine(context.stdout, json ? jsonOf(done, changes, imported) : textOf(done, changes, imported))
    return 0
  })
}

/** Null: the file is not valid; its faults are printed. */
async function read(file: string, { cwd, stderr }: ProgramContext): Promise<Imported | null> {
  let text: string
  try {
    text = await readFile(pathFrom(cwd, file), 'utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
  if (isOurs(text)) throw new UsageError(`${file} is a config.json of Drawbridge, not of NOFX. ${applyWith(file)}`)
  const imported = readNofxFile(text)
  if (imported.ok) return imported.value
  printLine(stderr, `${file} is not valid; nothing was changed:\n  ${imported.reason.replaceAll('\n', '\n  ')}`)
  return null
}

function applyWith(file: string): string {
  const variable = basename(file) === file && file === 'config.json' ? '' : `CONFIG_FILE=${file} `
  return `To put its limits and flags in force: ${variable}${APPLY}`
}

function jsonOf(done: string, { changes }: Changes, { unknown }: Imported): string {
  const stated = changes.map(({ setting, before = 'not set', after }) => ({ setting, before, after }))
  return JSON.stringify({ done, changes: stated, unknown })
}

function textOf(done: string, { changes }: Changes, { unknown }: Imported): string {
  const lines: string[] = []
  if (changes.length === 0) lines.push('Nothing to change: all of it is in force already.')
  else {
    lines.push(...alignedRows([['setting', 'before', 'after'], ...changes.map(rowOf)]), '')
    lines.push(done === 'now' ? 'In force now.' : 'Nothing was changed.')
  }
  if (unknown.length > 0) {
    lines.push('', 'Not known here, and left out:')
    for (const { place, hint } of unknown.slice(0, SHOWN_MAX))
      lines.push(`  ${place}${hint === null ? '' : ` (${hint})`}`)
    if (unknown.length > SHOWN_MAX) lines.push(`  and ${unknown.length - SHOWN_MAX} more; --json names all`)
  }
  return lines.join('\n')
}

function rowOf({ setting, before, after }: Change): readonly string[] {
  return [setting, words(before), words(after)]
}

function words(value: unknown): string {
  if (value === undefined) return 'not set'
  return value === null ? 'none' : String(value)
}
