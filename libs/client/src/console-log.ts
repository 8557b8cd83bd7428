import type { Logger } from '@drawbridge/nats'

/** Warnings and errors alone: a bot's output is its own. */
export const consoleLog: Logger = {
  info: () => undefined,
  warn: (fields, message) => console.warn(`drawbridge: ${message}`, fields),
  error: (fields, message) => console.error(`drawbridge: ${message}`, fields),
}
