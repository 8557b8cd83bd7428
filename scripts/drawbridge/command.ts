/** What `npm run drawbridge -- <name>` runs. */
export interface Command {
  /** All that a user must know: usage, options, what is printed, exit codes. */
  readonly help: string
  /**
   * @param args what stands behind the name
   * @returns the exit code: 0 done; 1 failed, or there are differences
   * @throws {UsageError} where the arguments are not valid; anything else that it throws is a failure, in words for an operator
   */
  readonly run: (args: readonly string[]) => Promise<number>
}

/** A command in the list of all: no other command's code is loaded to run it. */
export interface ListedCommand {
  readonly name: string
  /** One line. */
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** The command line is not valid; its message says what is wrong with it. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
