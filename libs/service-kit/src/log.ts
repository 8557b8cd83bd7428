import { createRequire } from 'node:module'
import { type Logger, pino } from 'pino'
import type { PrettyOptions, PrettyStream } from 'pino-pretty'

export type { Logger }

/** Nothing logs these; redacted in case something does by mistake. */
const SECRETS = ['authorization', '*.authorization', '*.headers.authorization', '*.token', '*.password']

/**
 * JSON lines, each a constant message with fields, on standard output; on a terminal, lines for people. A command that
 * prints its own output logs on `stderr`, and a test takes the lines.
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
  return pino(options, logLines(stream))
}

function streamOf(output: 'stdout' | 'stderr' | NodeJS.WritableStream): NodeJS.WritableStream {
  if (output === 'stdout') return process.stdout
  return output === 'stderr' ? process.stderr : output
}

const require = createRequire(import.meta.url)

/** Where lines of JSON are written so that they can be read: as they are, or for people if it is a terminal. */
export function logLines(stream: NodeJS.WritableStream & { readonly isTTY?: boolean }): NodeJS.WritableStream {
  if (stream.isTTY !== true) return stream
  // Loaded only where it is needed, which no service in the background does.
  const pretty = require('pino-pretty') as (options: PrettyOptions) => PrettyStream
  return pretty({
    destination: stream,
    sync: true,
    colorize: !process.env.NO_COLOR,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,service,err',
    singleLine: true,
    messageFormat: ({ service, msg, err }) => {
      const { message } = (err ?? {}) as { message?: string }
      return `${service}: ${msg}${message === undefined ? '' : `: ${message}`}`
    },
  })
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
