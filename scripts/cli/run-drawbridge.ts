import { type ProgramContext, printLine, runProgram } from '@drawbridge/service-kit/program'
import { COMMANDS } from './commands.ts'

const WIDTH = Math.max(...COMMANDS.map(({ name }) => name.length))
const HELP = `What an operator does by hand.

  npm run drawbridge -- <command> [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(WIDTH)}  ${summary}`).join('\n')}

  npm run drawbridge -- <command> --help   tells the rest

NATS and the database are found as the services find them (docs/configuration.md). Results are on standard output, progress
and complaints on standard error. Exit codes: 0 done; 1 failed, or there are differences; 2 the command line or the
settings are not valid.
`

/**
 * Runs a command by its name and arguments.
 * @returns the exit code
 */
export async function runDrawbridge([name, ...args]: readonly string[], context: ProgramContext): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h') {
    context.stdout.write(HELP)
    return name === undefined ? 2 : 0
  }
  const listed = COMMANDS.find((command) => command.name === name)
  if (listed === undefined) {
    printLine(context.stderr, `there is no command "${name}"\n\n${HELP}`)
    return 2
  }
  const hint = `  npm run drawbridge -- ${name} --help   tells what is possible`
  return runProgram({ hint, ...(await listed.load()) }, args, context)
}
