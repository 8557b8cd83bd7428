import { type Program, printLine, readOptions } from '@drawbridge/service-kit/program'
import { CONSOLE_HELP, CONSOLE_OPTIONS } from './console-api/address.ts'
import { ConsoleApi } from './console-api/client.ts'
import { pathOf, traderIn } from './console-api/trader-command.ts'
import { flag, readInteger } from './options.ts'

const HELP = `A decision in words and numbers: its input, the arithmetic of each limit, and what holds from then on.

  npm run drawbridge -- explain <trader> [version]
  npm run drawbridge -- explain bot1 17

  <version>          the version of the event, as events shows it (default: the newest)
  --json             the console's answer, one JSON object
${CONSOLE_HELP}
  --help             this text

Exit codes: 0 done; 1 failed; 2 the command line or the settings are not valid.
`

interface Explained {
  readonly trader: string
  readonly version: number
  readonly words: readonly string[]
  readonly input: { readonly seq: number; readonly payload: string } | null
  readonly event: { readonly type: string; readonly recordedAt: string }
}

export const explain: Program = {
  help: HELP,
  async run(args, context) {
    const { values, positionals } = readOptions(args, { ...CONSOLE_OPTIONS, json: flag }, 2)
    const trader = traderIn(positionals[0], 'explain <trader> [version]')
    const [, written] = positionals
    const named = written === undefined ? null : readInteger('the version', written, 1, Number.MAX_SAFE_INTEGER)
    const api = await ConsoleApi.of(context, values)
    const version = named ?? (await newestOf(api, trader))
    const explained = await api.get<Explained>(pathOf(trader, `/explain/${version}`))
    printLine(context.stdout, values.json ? JSON.stringify(explained) : inWords(explained))
    return 0
  },
}

async function newestOf(api: ConsoleApi, trader: string): Promise<number> {
  return (await api.get<{ event: { version: number } }>(pathOf(trader, ''))).event.version
}

function inWords({ trader, version, words, input, event }: Explained): string {
  const cause = input === null ? 'its input is not kept any more' : `input ${input.seq}: ${input.payload}`
  return [
    `${trader}, event ${version}: ${event.type} at ${event.recordedAt}; ${cause}`,
    ...words.map((one) => `  ${one}`),
  ].join('\n')
}
