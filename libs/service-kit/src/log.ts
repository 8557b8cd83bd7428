import { type Logger, pino } from 'pino'

export type { Logger }

/** JSON lines, a constant message and fields, on standard output; a command whose output is its own logs on `stderr`. */
export function createLogger(service: string, level: string, output: 'stdout' | 'stderr' = 'stdout'): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
  }
  const stream = output === 'stdout' ? process.stdout : process.stderr
  // Where nobody reads any more, lines are lost and the service goes on. (pino's own destination would hang in a flush.)
  if (stream.listenerCount('error') === 0) stream.on('error', () => undefined)
  return pino(options, stream)
}

/** What an error says, and not what it holds: some carry whole connections. */
function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) }
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}
