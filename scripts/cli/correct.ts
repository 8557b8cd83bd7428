import { type Program, readOptions, UsageError } from '@drawbridge/service-kit/program'
import { COMMAND_HELP, commandTrader, reasonIn, TRADER_OPTIONS, traderIn } from './console-api/trader-command.ts'
import { readInteger, text } from './options.ts'

const HELP = `Sets what one limit is measured from, or voids the last reading.

  npm run drawbridge -- correct <trader> --limit name --reference amount --reason why
  npm run drawbridge -- correct <trader> --void version --reason why

  --limit name       the limit, as limits shows it
  --reference amount what it is measured from, from now on
  --void version     the version of the event of the last reading, as events --all shows it
  --reason why       why; kept with the event
${COMMAND_HELP}`

const OPTIONS = { ...TRADER_OPTIONS, limit: text, reference: text, void: text } as const

export const correct: Program = {
  help: HELP,
  async run(args, context) {
    const { values, positionals } = readOptions(args, OPTIONS, 1)
    const trader = traderIn(positionals[0], 'correct <trader> --limit <name> --reference <amount> --reason "..."')
    const { limit, reference } = values
    const isVoid = values.void !== undefined
    if (
      isVoid === (limit !== undefined || reference !== undefined) ||
      (limit === undefined) !== (reference === undefined)
    ) {
      throw new UsageError('what is corrected? Give --limit and --reference, or --void alone')
    }
    const version = isVoid ? { void: readInteger('--void', values.void ?? '', 1, Number.MAX_SAFE_INTEGER) } : {}
    const reason = reasonIn(values, 'why is it corrected')
    return commandTrader(context, values, trader, 'correct', { reason, limit, reference, ...version })
  },
}
