import path from 'node:path'

// Exported separately from the rest of this library: programs without settings need it too.

/** The place where settings are read. */
export interface Place {
  /** Reading the settings adds the variables of `.env`. */
  readonly env: NodeJS.ProcessEnv
  /**
   * The folder of `config.json` and `.env`, and the base of relative paths on the command line. Relative paths in settings
   * start from the working directory of the process.
   */
  readonly cwd: string
}

/** The settings are not valid; the message lists every fault. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'

  /** @param faults one a line */
  constructor(faults: string) {
    super(`the settings are not valid:\n  ${faults.replaceAll('\n', '\n  ')}`)
  }
}

/** Resolves a path in a folder. */
export function pathFrom(folder: string, file: string): string {
  return path.isAbsolute(file) ? file : path.join(folder, file)
}
