import { type Program, type ProgramContext, printLine, runProgram } from '@drawbridge/service-kit/program'

/** A command in the list of all: no other command's code is loaded to run it. */
export interface ListedCommand {
  readonly name: string
  /** One line. */
  readonly summary: string
  readonly load: () => Promise<Program>
}

/** Every command, in the order in which the help lists them. */
export const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'doctor',
    summary: 'says whether everything is as it must be, and what to do where it is not',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'import-config',
    summary: 'brings limits and flags of a config.json of NOFX in',
    load: async () => (await import('./import-config.ts')).importConfig,
  },
  {
    name: 'state',
    summary: 'the state of any trader at any instant',
    load: async () => (await import('./state.ts')).state,
  },
  {
    name: 'verify',
    summary: 'compares the log with the history and the snapshot, and names every difference',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'rebuild',
    summary: 'makes the snapshot, or the history, anew from the log',
    load: async () => (await import('./rebuild.ts')).rebuild,
  },
  {
    name: 'adopt-log',
    summary: 'has a new risk log go on where the history ends, after the old one was lost',
    load: async () => (await import('./adopt-log.ts')).adoptLog,
  },
  {
    name: 'consumers',
    summary: 'lists who reads the streams by a consumer, and deletes one that nobody needs',
    load: async () => (await import('./consumers.ts')).consumers,
  },
  {
    name: 'dead-letters',
    summary: 'lists what no log could hold, sends it again or discards it, and removes inputs that harm',
    load: async () => (await import('./dead-letters.ts')).deadLetters,
  },
  {
    name: 'make-token',
    summary: 'makes an API token and adds its hash to a file for API_TOKENS_FILE',
    load: async () => (await import('./make-token.ts')).makeToken,
  },
]

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
