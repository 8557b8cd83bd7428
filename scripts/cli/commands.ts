import { type Program, type ProgramContext, printLine, runProgram } from '@drawbridge/service-kit/program'

/** Only the code of the command that runs is loaded. */
export interface ListedCommand {
  readonly name: string
  /** One line. */
  readonly summary: string
  readonly load: () => Promise<Program>
  /** It needs no server. */
  readonly isOffline?: true
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly ListedCommand[] = [
  {
    name: 'status',
    summary: 'who may trade, why not, until when, and how near the next limit is',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'events',
    summary: 'what happened, one line an event; --follow goes on with new ones',
    load: async () => (await import('./events.ts')).events,
  },
  {
    name: 'explain',
    summary: 'a decision in words and numbers',
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'pause',
    summary: 'blocks the entries of a trader',
    load: async () => (await import('./pause.ts')).pause,
  },
  {
    name: 'resume',
    summary: 'ends holds of a pause',
    load: async () => (await import('./resume.ts')).resume,
  },
  {
    name: 'limits',
    summary: 'shows the limits in force with their distances, sets and unsets them',
    load: async () => (await import('./limits.ts')).limits,
  },
  {
    name: 'cash-flow',
    summary: 'records a deposit or a withdrawal',
    load: async () => (await import('./cash-flow.ts')).cashFlow,
  },
  {
    name: 'restart',
    summary: 'begins a new account period of a trader',
    load: async () => (await import('./restart.ts')).restart,
  },
  {
    name: 'correct',
    summary: 'sets what a limit is measured from, or voids the last reading',
    load: async () => (await import('./correct.ts')).correct,
  },
  {
    name: 'doctor',
    summary: 'checks the whole installation, and says what to do about each fault',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'connect',
    summary: 'checks a connector: its key, its rights, and the equity as it is read',
    isOffline: true,
    load: async () => (await import('./connect.ts')).connect,
  },
  {
    name: 'apply-config',
    summary: 'puts the limits and flags of config.json in force',
    load: async () => (await import('./apply-config.ts')).applyConfig,
  },
  {
    name: 'import-config',
    summary: 'imports limits and flags of a config.json of NOFX',
    load: async () => (await import('./import-config.ts')).importConfig,
  },
  {
    name: 'presets',
    summary: 'the loss limits of trading firms: lists them, and describes one',
    isOffline: true,
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
    name: 'notify',
    summary: 'lists who is told of broken limits, and tests a channel',
    load: async () => (await import('./notify.ts')).notify,
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
    isOffline: true,
    load: async () => (await import('./make-token.ts')).makeToken,
  },
  {
    name: 'completion',
    summary: 'completes commands, options and traders in bash and zsh',
    load: async () => (await import('./completion.ts')).completionOf(COMMANDS),
  },
]

const WIDTH = Math.max(...COMMANDS.map(({ name }) => name.length))
const HELP = `Commands for operators.

  npm run drawbridge -- <command> [options]

${COMMANDS.map(({ name, summary }) => `  ${name.padEnd(WIDTH)}  ${summary}`).join('\n')}

  npm run drawbridge -- <command> --help   describes a command

status to correct ask the console over HTTP: its address is that of the settings, or --url; DRAWBRIDGE_TOKEN is the token for it.
Beside a running npm start all of them work on its system. Otherwise NATS and the database are those of the settings
(docs/configuration.md), which take precedence. Results go to standard output, progress
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
    printLine(context.stderr, `there is no command "${name}"${await meantBy(name)}`)
    return 2
  }
  const isHelp = args.includes('--help') || args.includes('-h')
  if (listed.isOffline !== true && !isHelp) {
    const { useRunning } = await import('./use-running.ts')
    useRunning(context)
  }
  const hint = `  npm run drawbridge -- ${name} --help   describes it`
  return runProgram({ hint, ...(await listed.load()) }, args, context)
}

async function meantBy(name: string): Promise<string> {
  const { nearestName } = await import('@drawbridge/contracts')
  const names = COMMANDS.map((command) => command.name)
  const near = nearestName(name, names)
  return near === null ? `\n\n${HELP}` : `, did you mean "${near}"?\n\n  npm run drawbridge -- --help   lists all`
}
