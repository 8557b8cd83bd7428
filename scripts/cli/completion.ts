import { type Program, type ProgramContext, printLine, readOptions, UsageError } from '@drawbridge/service-kit/program'
import { bashScript, type Completed, zshScript } from './completion/script.ts'
import { CONSOLE_HELP, CONSOLE_OPTIONS } from './console-api/address.ts'
import { ConsoleApi } from './console-api/client.ts'
import { readFleet } from './status/fleet.ts'

const HELP = `Defines the shell command drawbridge, and completes its commands, options and traders.

  npm run drawbridge -- completion bash | zsh

  eval "$(npm run --silent drawbridge -- completion bash)"     in ~/.bashrc, with --prefix and the folder of this installation
  eval "$(npm run --silent drawbridge -- completion zsh)"      in ~/.zshrc

  completion traders prints the ids of all traders, for the shell

${CONSOLE_HELP}
  --help             this text

Exit codes: 0 done; 1 failed; 2 the command line is not valid.
`

interface Listed {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Program>
}

export function completionOf(commands: readonly Listed[]): Program {
  return { help: HELP, run: (args, context) => run(args, context, commands) }
}

async function run(args: readonly string[], context: ProgramContext, commands: readonly Listed[]): Promise<number> {
  const { values, positionals } = readOptions(args, CONSOLE_OPTIONS, 1)
  const [what] = positionals
  switch (what) {
    case 'bash':
      context.stdout.write(bashScript(await completed(commands)))
      return 0
    case 'zsh':
      context.stdout.write(zshScript(await completed(commands)))
      return 0
    case 'traders':
      return printTraders(await ConsoleApi.of(context, values), context)
    default:
      throw new UsageError('for which shell? Type: npm run drawbridge -- completion bash, or zsh')
  }
}

async function printTraders(api: ConsoleApi, { stdout }: ProgramContext): Promise<number> {
  for (const { id } of await readFleet(api)) printLine(stdout, id)
  return 0
}

/** What follows a command is what its help says of it. */
async function completed(commands: readonly Listed[]): Promise<readonly Completed[]> {
  return Promise.all(
    commands.map(async ({ name, summary, load }) => {
      const { help } = await load()
      const options = [...new Set(help.match(/--[a-z][a-z-]+/g) ?? [])]
      const usage = help.match(new RegExp(`^  npm run drawbridge -- ${name} .*$`, 'gm'))?.join('\n') ?? ''
      return { name, summary, options, words: wordsIn(usage, name), takesTrader: /[<[]trader/.test(usage) }
    }),
  )
}

/** Words that a usage names first, like "limits set <trader>". */
function wordsIn(usage: string, name: string): readonly string[] {
  const first = [...usage.matchAll(new RegExp(`-- ${name} ([a-z][a-z-]*(?: \\| [a-z]+)*)(?= |$)`, 'gm'))]
  return [...new Set(first.flatMap(([, words = '']) => words.split(' | ')))].filter((word) => !/\d/.test(word))
}
