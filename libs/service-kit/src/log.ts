import { type Logger, pino } from 'pino'

export type { Logger }

/** Nothing logs these; what will some day by mistake is not said either. */
const SECRETS = ['authorization', '*.authorization', '*.headers.authorization', '*.token', '*.password']

/**
 * JSON lines, a constant message and fields, on standard output; a command whose output is its own logs on `stderr`, and
 * who wants to know what is logged takes the lines.
 */
export function createLogger(
  service: string,
  level: string,
  output: 'stdout' | 'stderr' | NodeJS.WritableStream = 'stdout',
): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
    redact: SECRETS,
  }
  const stream = streamOf(output)
  // Where nobody reads any more, lines are lost and the service goes on. (pino's own destination would hang in a flush.)
  if (stream.listenerCount('error') === 0) stream.on('error', () => undefined)
  return pino(options, stream)
}

function streamOf(output: 'stdout' | 'stderr' | NodeJS.WritableStream): NodeJS.WritableStream {
  if (output === 'stdout') return process.stdout
  return output === 'stderr' ? process.stderr : output
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
