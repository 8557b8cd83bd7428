/**
 * The options of a bench, from the process's arguments or those after the name of the bench. If they are not valid, prints
 * the reason and the usage, and exits.
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
