import { type Logger, pino } from 'pino'

export type { Logger }

/** Nothing logs these; redacted in case something does by mistake. */
const SECRETS = ['authorization', '*.authorization', '*.headers.authorization', '*.token', '*.password']

/**
 * JSON lines, each a constant message with fields, on standard output. A command that prints its own output logs on
 * `stderr`, and a test takes the lines.
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
  // If the reader is gone, lines are lost and the service continues. (pino's own destination would hang in a flush.)
  if (stream.listenerCount('error') === 0) stream.on('error', () => undefined)
  return pino(options, stream)
}

function streamOf(output: 'stdout' | 'stderr' | NodeJS.WritableStream): NodeJS.WritableStream {
  if (output === 'stdout') return process.stdout
  return output === 'stderr' ? process.stderr : output
}

/** The text of an error without its other fields: some carry whole connections. */
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
