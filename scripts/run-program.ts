export interface Program<Options extends { readonly help: boolean }> {
  /** @throws where an argument is not known, or not as it must be */
  readonly optionsOf: (args: readonly string[]) => Options
  readonly help: string
  /** What stands below a fault in the arguments; the help if not given. */
  readonly hint?: string
  /** @throws what kept it from being done */
  readonly run: (options: Options) => void
}

/** Runs a program by the process's arguments. Gives its exit code. 0: done, 1: failed, 2: bad usage. */
export function runProgram<Options extends { readonly help: boolean }>(program: Program<Options>): number {
  const { optionsOf, help, hint = help, run } = program
  let options: Options
  try {
    options = optionsOf(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${hint}`)
    return 2
  }
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  try {
    run(options)
    return 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 1
  }
}
