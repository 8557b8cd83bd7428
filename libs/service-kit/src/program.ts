import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { type Place, SettingsError } from '@drawbridge/settings/place'

// Exported separately, because the rest of this library takes a second to load and not every program needs it.

/** What a program uses of its process. A test passes its own and runs the program in the test process. */
export interface ProgramContext extends Place {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
  /** Where answers to questions come from; none are asked unless it is a terminal. */
  readonly stdin?: NodeJS.ReadableStream & { readonly isTTY?: boolean }
}

/** A program that a file of `scripts` or `npm run drawbridge -- <name>` runs. */
export interface Program {
  /** The help text: usage, options, output, exit codes. */
  readonly help: string
  /** Printed below an error in the arguments; the help if not given. */
  readonly hint?: string
  /**
   * @returns the exit code: 0 done; 1 failed, or there are differences
   * @throws {UsageError} if the arguments are not valid
   * @throws {SettingsError} if the settings are not valid; any other error is a failure, in words for an operator
   */
  readonly run: (args: readonly string[], context: ProgramContext) => Promise<number>
}

/** The command line is not valid; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** This process. */
export function processContext(): ProgramContext {
  const { env, stdin, stdout, stderr } = process
  // If the reader is gone, as with `| head`, lines are lost and the program continues.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined)
  return { env, cwd: '.', stdin, stdout, stderr }
}

/** Returns the exit code. 0: done, 1: failed, 2: the command line or the settings are not valid. */
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
 * Parses the options and positional arguments of a program.
 * @param words how many positional arguments it takes at most
 * @throws {UsageError} if they are not valid
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

/** Rows of cells as lines, each column as wide as its widest cell. */
export function alignedRows(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd())
}
