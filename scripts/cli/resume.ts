import { type Program, readOptions } from '@drawbridge/service-kit/program'
import { ConsoleFault } from './console-api/faults.ts'
import { commandMany, MANY_HELP, MANY_MAX, MANY_OPTIONS, tradersIn } from './console-api/many-traders.ts'
import { COMMAND_HELP, commandTrader, reasonIn, TRADER_OPTIONS } from './console-api/trader-command.ts'
import { flag } from './options.ts'

const HELP = `Ends holds of a pause: the caller's own, or those that are named. The pause ends with the last of them.

  npm run drawbridge -- resume <trader>... --reason why [--holder holder]... [--rebase]
  npm run drawbridge -- resume --all | --prefix text --reason why
  npm run drawbridge -- resume bot1 --reason "checked with the desk" --holder limit:max_daily_loss --rebase

${MANY_HELP}; it ends what pause --all began, and no other hold
  --reason why       why; kept with the event
  --holder holder    whose hold ends: limit:<name> or operator:<who>, as status says; may be given several times
  --rebase           a limit that is still broken is measured from the equity known now: that forgives the loss. Without it the
                     hold of such a limit stays
${COMMAND_HELP}`

const OPTIONS = {
  ...TRADER_OPTIONS,
  ...MANY_OPTIONS,
  holder: { type: 'string', multiple: true },
  rebase: flag,
} as const

export const resume: Program = {
  help: HELP,
  async run(args, context) {
    const { values, positionals } = readOptions(args, OPTIONS, MANY_MAX)
    const trader = tradersIn(values, positionals, 'resume <trader> --reason "..."')
    const reason = reasonIn(values, 'why is it resumed')
    const { holder = [], rebase } = values
    const fields = { reason, ...(holder.length === 0 ? {} : { holder }), ...(rebase ? { rebase: true } : {}) }
    if (typeof trader === 'object') return commandMany(context, values, trader, 'resume', fields)
    try {
      return await commandTrader(context, values, trader, 'resume', fields)
    } catch (error) {
      throw error instanceof ConsoleFault && error.code === 'refused'
        ? new ConsoleFault(error.status, error.code, `${error.message}${wayOf(error.message, trader, holder)}`)
        : error
    }
  },
}

/** The line to type after a refusal; empty: there is none. */
function wayOf(refusal: string, trader: string, holders: readonly string[]): string {
  const named = / holds nothing; name a holder: (.+)$/.exec(refusal)?.[1]?.split(', ')
  if (named === undefined && !refusal.includes(' is still broken;')) return ''
  const options = (named ?? holders).map((one) => ` --holder ${one}`).join('')
  return `\n  npm run drawbridge -- resume ${trader} --reason "..."${options}${named === undefined ? ' --rebase' : ''}`
}
