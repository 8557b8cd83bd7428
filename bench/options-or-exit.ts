/**
 * The options of a bench: of the process's own arguments, or of those behind its name. Where they are not valid, says why
 * and how they are to be, and ends the process.
 */
export function optionsOrExit<Options>(
  bench: string,
  readOptions: (args: readonly string[]) => Options,
  help: string,
): Options {
  try {
    return readOptions(process.argv.slice(2).filter((argument) => argument !== bench))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`)
    process.exit(2)
  }
}
