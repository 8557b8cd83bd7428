/** A logger: each line is a constant message with fields. A pino logger fits, and so does a bot's own. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
