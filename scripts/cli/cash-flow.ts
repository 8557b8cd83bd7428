import { type Program, readOptions, UsageError } from '@drawbridge/service-kit/program'
import { COMMAND_HELP, commandTrader, TRADER_OPTIONS, traderIn } from './console-api/trader-command.ts'
import { momentOf } from './moment.ts'
import { flag, text } from './options.ts'

const HELP = `Records a deposit, or a withdrawal: neither a gain nor a loss. Each limit follows it as its "flows" says.

  npm run drawbridge -- cash-flow <trader> <amount> [--reason why] [--id id] [--at when] [--in-equity] [--force]
  npm run drawbridge -- cash-flow bot1 -250.00 --reason payout

  <amount>           negative for a withdrawal
  --reason why       why; kept with the event
  --id id            1 to 64 characters: it counts once, also long after (default: the key of the command)
  --at when          when it was: a time with a zone, or so long ago, like 2h (default: now)
  --in-equity        the last report has it already
  --force            it may leave nothing, or be larger than the equity
${COMMAND_HELP}`

const OPTIONS = { ...TRADER_OPTIONS, id: text, at: text, 'in-equity': flag, force: flag } as const
const USAGE = 'cash-flow <trader> <amount>'

/** Marks an amount below zero, which else would be read as an option. */
const MARK = '='

export const cashFlow: Program = {
  help: HELP,
  async run(args, context) {
    const marked = args.map((one) => (/^-[\d.]/.test(one) ? `${MARK}${one}` : one))
    const { values, positionals } = readOptions(marked, OPTIONS, 2)
    const trader = traderIn(positionals[0], USAGE)
    const amount = positionals[1]?.replace(/^[=+]/, '')
    if (amount === undefined)
      throw new UsageError(`how much? Type: npm run drawbridge -- ${USAGE}, negative for a withdrawal`)
    const fields = {
      amount,
      ...(values.id === undefined ? {} : { id: values.id }),
      ...(values.at === undefined ? {} : { at: momentOf('--at', values.at, 'before', Date.now()) }),
      ...(values['in-equity'] ? { in_equity: true } : {}),
      ...(values.force ? { force: true } : {}),
    }
    return commandTrader(context, values, trader, 'cash-flow', fields)
  },
}
