import path from 'node:path'

// Exported apart from the rest of this library: programs that read no settings need it too.

/** Where settings are read. */
export interface Place {
  /** Whoever reads the settings adds what `.env` says. */
  readonly env: NodeJS.ProcessEnv
  /**
   * Where `config.json` and `.env` are, and where relative paths of the command line begin. Those that settings name begin
   * in the working directory of the process.
   */
  readonly cwd: string
}

/** The settings are not valid; its message lists every fault. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'

  /** @param faults one a line */
  constructor(faults: string) {
    super(`the settings are not valid:\n  ${faults.replaceAll('\n', '\n  ')}`)
  }
}

/** A path as it is meant in a folder. */
export function pathFrom(folder: string, file: string): string {
  return path.isAbsolute(file) ? file : path.join(folder, file)
}
