import { type Program, readOptions } from '@drawbridge/service-kit/program'
import { commandMany, MANY_HELP, MANY_MAX, MANY_OPTIONS, tradersIn } from './console-api/many-traders.ts'
import { COMMAND_HELP, commandTrader, reasonIn, TRADER_OPTIONS } from './console-api/trader-command.ts'
import { momentOf } from './moment.ts'
import { flag, text } from './options.ts'

const HELP = `Blocks the entries of a trader, of several or of all, until a given time or until it is resumed. Exits are never blocked.

  npm run drawbridge -- pause <trader>... --reason why [--until when] [--firm]
  npm run drawbridge -- pause --all | --prefix text --reason why [--until when]
  npm run drawbridge -- pause bot1 --reason "news at 14:30" --until 2h

${MANY_HELP}; with --all those that come later are held, too
  --reason why       why; the next one on duty reads it
  --until when       a duration like 90m, 8h or 2d, or a time with a zone; default: until somebody resumes it
  --firm             nobody but an admin ends it early; needs --until, of at most 31 days
${COMMAND_HELP}`

const OPTIONS = { ...TRADER_OPTIONS, ...MANY_OPTIONS, until: text, firm: flag } as const

export const pause: Program = {
  help: HELP,
  async run(args, context) {
    const { values, positionals } = readOptions(args, OPTIONS, MANY_MAX)
    const trader = tradersIn(values, positionals, 'pause <trader> --reason "..."')
    const reason = reasonIn(values, 'why is it paused')
    const until = values.until === undefined ? {} : { until: momentOf('--until', values.until, 'after', Date.now()) }
    const fields = { reason, ...until, ...(values.firm ? { firm: true } : {}) }
    if (typeof trader === 'object') return commandMany(context, values, trader, 'pause', fields)
    return commandTrader(context, values, trader, 'pause', fields)
  },
}
