import { type ExecFileException, execFile } from 'node:child_process'

/** The environment (ours if not given) and account of a program. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly uid?: number
  readonly gid?: number
}

/**
 * Runs a program to its end and returns its standard output.
 * @throws with the end of its standard error when it fails, is missing, or takes longer than `timeoutMs`.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  timeoutMs: number,
  options: RunOptions = {},
): Promise<string> {
  const bounds = { timeout: timeoutMs, maxBuffer: 4 * 1024 * 1024 }
  return new Promise((resolve, reject) => {
    execFile(command, [...args], { ...options, ...bounds, encoding: 'utf8' }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new Error(`${command}: ${reasonOf(error, stderr, timeoutMs)}`, { cause: error }))
    })
  })
}

function reasonOf(error: ExecFileException, stderr: string, timeoutMs: number): string {
  if (error.code === 'ENOENT') return 'program not found'
  if (error.killed === true) return `took longer than ${timeoutMs / 1000} s`
  return stderr.trim().slice(-500) || error.message
}
