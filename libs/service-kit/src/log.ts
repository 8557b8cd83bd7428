import { type Logger, pino } from 'pino'

export type { Logger }

/** JSON lines on standard output: a constant message and fields. `LOG_LEVEL` as in pino, `info` if not given. */
export function createLogger(service: string, level: string): Logger {
  return pino({ level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime })
}
