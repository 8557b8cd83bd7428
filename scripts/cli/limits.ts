import { type Program, type ProgramContext, readOptions, UsageError } from '@drawbridge/service-kit/program'
import { ConsoleApi } from './console-api/client.ts'
import {
  COMMAND_HELP,
  type CommandValues,
  creating,
  limitsOf,
  signed,
  TRADER_OPTIONS,
  tell,
  traderIn,
} from './console-api/trader-command.ts'
import { type LimitChange, readAssignments, readNames } from './limits/assignments.ts'
import { changeLines, doneForAll, doneForTrader } from './limits/change-lines.ts'
import { showAll, showTrader } from './limits/show.ts'
import { flag } from './options.ts'
import { paintOn } from './terminal/paint.ts'

const HELP = `The limits in force, how near each is, and where its values come from; sets and unsets them without a restart.

  npm run drawbridge -- limits [trader]                            shows them
  npm run drawbridge -- limits set <trader> name=value... [--reason why]
  npm run drawbridge -- limits set --all name=value... [--reason why]
  npm run drawbridge -- limits unset <trader> name... [--reason why]

  npm run drawbridge -- limits set bot1 max_daily_loss=3 max_drawdown=8 --reason "smaller account"
  npm run drawbridge -- limits set bot1 weekly_loss.window=week weekly_loss.reference.kind=start weekly_loss.limit.amount=400
  npm run drawbridge -- limits unset bot1 weekly_loss

  <trader>           its own limits: they take precedence over the configured ones, and these over those of all traders
  --all              the limits of all traders
  name=value         a setting of docs/configuration.md, or a limit in the long form: as JSON, or one parameter by its dotted name
  unset name         no such limit from then on, whatever is configured
  --reason why       why; kept with the event
${COMMAND_HELP}
It says what was changed, from what to what, and from when on it is in force: what loosens waits for loosen_after_minutes.
`

const OPTIONS = { ...TRADER_OPTIONS, all: flag } as const
const WORDS_MAX = 200
const SET = 'limits set <trader> max_daily_loss=3'

export const limits: Program = {
  help: HELP,
  async run(args, context) {
    const { values, positionals } = readOptions(args, OPTIONS, WORDS_MAX)
    const [first, ...rest] = positionals
    if (first === 'set') return change(context, values, rest, 'set')
    if (first === 'unset') return change(context, values, rest, 'unset')
    const [trader, more] = first === 'show' ? rest : positionals
    if (more !== undefined)
      throw new UsageError(`unexpected "${more}". To change limits, type: npm run drawbridge -- ${SET}`)
    const api = await ConsoleApi.of(context, values)
    if (trader === undefined) await showAll(api, values.json, context)
    else await showTrader(api, trader, values.json, context)
    return 0
  },
}

type Values = CommandValues & { readonly all: boolean }

async function change(context: ProgramContext, values: Values, words: readonly string[], how: 'set' | 'unset') {
  const trader = values.all
    ? null
    : traderIn(words[0]?.includes('=') ? undefined : words[0], `${SET}, or limits ${how} --all ...`)
  const names = values.all ? words : words.slice(1)
  if (names.length === 0) throw new UsageError(`which limit? Type: npm run drawbridge -- ${SET}`)
  const named = how === 'set' ? readAssignments(names, values.all) : readNames(names)
  const api = await ConsoleApi.of(context, values)
  const path = trader === null ? '/api/limits' : `${limitsOf(trader)}${creating(values)}`
  const body = { ...named, ...signed(values) }
  const changed = await api.change({ method: 'PUT', path, body, key: values.key ?? null })
  return tell(context, values, changed, async () => linesOf(changed.event, trader, named, context))
}

function linesOf(event: object | null, trader: string | null, named: LimitChange, { stdout, env }: ProgramContext) {
  const done = trader === null ? doneForAll(event ?? {}, named) : doneForTrader(event ?? {})
  const lines = changeLines(done, paintOn(stdout, env))
  return trader === null
    ? lines
    : [...lines, '', `npm run drawbridge -- limits ${trader}   shows how near each limit is now`]
}
