import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { type Place, SettingsError } from '@drawbridge/settings/place'

// Exported apart from the rest of this library, which takes a second to load: not every program needs it.

/** All that a program has of the process that runs it. A test gives a program one of its own, and runs it in its process. */
export interface ProgramContext extends Place {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
}

/** What a file of `scripts` runs, or `npm run drawbridge -- <name>`. */
export interface Program {
  /** All that a user must know: usage, options, what is printed, exit codes. */
  readonly help: string
  /** What stands below a fault in the arguments; the help if not given. */
  readonly hint?: string
  /**
   * @returns the exit code: 0 done; 1 failed, or there are differences
   * @throws {UsageError} where the arguments are not valid
   * @throws {SettingsError} where the settings are not; anything else that it throws is a failure, in words for an operator
   */
  readonly run: (args: readonly string[], context: ProgramContext) => Promise<number>
}

/** The command line is not valid; its message says what is wrong with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What this process gives its program. */
export function processContext(): ProgramContext {
  const { env, stdout, stderr } = process
  // Where nobody reads any more, as behind `| head`, lines are lost and the program goes on.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined)
  return { env, cwd: '.', stdout, stderr }
}

/** Gives the exit code. 0: done, 1: failed, 2: the command line or the settings are not valid. */
export async function runProgram(program: Program, args: readonly string[], context: ProgramContext): Promise<number> {
  const { help, hint = help, run } = program
  if (args.includes('--help') || args.includes('-h')) {
    context.stdout.write(help)
    return 0
  }
  try {
    return await run(args, context)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    printLine(context.stderr, error instanceof UsageError ? `${reason}\n\n${hint}` : reason)
    return error instanceof UsageError || error instanceof SettingsError ? 2 : 1
  }
}

export function printLine(stream: NodeJS.WritableStream, line: string): void {
  stream.write(`${line}\n`)
}

/**
 * Reads the options of a program, and the words between them.
 * @param words how many words it takes at most
 * @throws {UsageError} what is wrong with them
 */
export function readOptions<const T extends ParseArgsOptionsConfig>(args: readonly string[], options: T, words = 0) {
  try {
    const read = parseArgs({ args: [...args], options, allowPositionals: words > 0, strict: true })
    if (read.positionals.length > words) throw new Error(`unexpected "${read.positionals[words]}"`)
    return read
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
