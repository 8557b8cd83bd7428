import { type Program, type ProgramContext, printLine, runProgram } from '@drawbridge/service-kit/program'

/** Only the code of the command that runs is loaded. */
export interface ListedCommand {
  readonly name: string
  /** One line. */
  readonly summary: string
  readonly load: () => Promise<Program>
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'doctor',
    summary: 'checks the whole installation, and says what to do about each fault',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'import-config',
    summary: 'imports limits and flags of a config.json of NOFX',
    load: async () => (await import('./import-config.ts')).importConfig,
  },
  {
    name: 'presets',
    summary: 'the loss limits of trading firms: lists them, and describes one',
    load: async () => (await import('./presets.ts')).presets,
  },
  {
    name: 'state',
    summary: 'the state of any trader at any instant',
    load: async () => (await import('./state.ts')).state,
  },
  {
    name: 'verify',
    summary: 'compares the log with the history and the snapshot, and lists every difference',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'rebuild',
    summary: 'rebuilds the snapshot, or the history, from the log',
    load: async () => (await import('./rebuild.ts')).rebuild,
  },
  {
    name: 'adopt-log',
    summary: 'makes a new risk log continue where the history ends, after the old one was lost',
    load: async () => (await import('./adopt-log.ts')).adoptLog,
  },
  {
    name: 'consumers',
    summary: 'lists the consumers of the streams, and deletes one that nobody needs',
    load: async () => (await import('./consumers.ts')).consumers,
  },
  {
    name: 'dead-letters',
    summary: 'lists rejected messages, sends them again or discards them, and removes harmful inputs',
    load: async () => (await import('./dead-letters.ts')).deadLetters,
  },
  {
    name: 'make-token',
    summary: 'creates an API token and adds its hash to a file for API_TOKENS_FILE',
    load: async () => (await import('./make-token.ts')).makeToken,
  },
]

const WIDTH = Math.max(...COMMANDS.map(({ name }) => name.length))
const HELP = `Commands for operators.

  npm run drawbridge -- <command> [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(WIDTH)}  ${summary}`).join('\n')}

  npm run drawbridge -- <command> --help   describes a command

NATS and the database are those of the services' settings (docs/configuration.md). Results go to standard output, progress
and errors to standard error. Exit codes: 0 done; 1 failed, or there are differences; 2 the command line or the
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
  const hint = `  npm run drawbridge -- ${name} --help   describes it`
  return runProgram({ hint, ...(await listed.load()) }, args, context)
}
