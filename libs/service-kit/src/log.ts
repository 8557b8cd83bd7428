import { type Logger, pino } from 'pino'

export type { Logger }

/** JSON lines, a constant message and fields, on standard output; a command whose output is its own logs on `stderr`. */
export function createLogger(service: string, level: string, output: 'stdout' | 'stderr' = 'stdout'): Logger {
  const options = { level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime }
  return pino(options, pino.destination({ fd: output === 'stdout' ? 1 : 2, sync: true }))
}
