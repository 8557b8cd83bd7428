import { type Program, readOptions } from '@drawbridge/service-kit/program'
import { COMMAND_HELP, commandTrader, reasonIn, TRADER_OPTIONS, traderIn } from './console-api/trader-command.ts'
import { text } from './options.ts'

const HELP = `Begins a new account period of a trader: what limits are measured from, holds and counts start again; the history goes on.
Entries wait for the next report. Firm holds stay.

  npm run drawbridge -- restart <trader> --reason why [--initial-balance amount] [--peak amount] [--day-start amount]
  npm run drawbridge -- restart bot1 --reason "phase 2" --initial-balance 50000

  --reason why       why; kept with the event
  --initial-balance amount   what the account begins with
  --peak amount      its highest equity so far
  --day-start amount the equity at the start of its day
${COMMAND_HELP}`

const OPTIONS = { ...TRADER_OPTIONS, 'initial-balance': text, peak: text, 'day-start': text } as const

export const restart: Program = {
  help: HELP,
  async run(args, context) {
    const { values, positionals } = readOptions(args, OPTIONS, 1)
    const trader = traderIn(positionals[0], 'restart <trader> --reason "..."')
    const reason = reasonIn(values, 'why does it start again')
    const fields = { initial_balance: values['initial-balance'], peak: values.peak, day_start: values['day-start'] }
    return commandTrader(context, values, trader, 'restart', { reason, ...fields })
  },
}
