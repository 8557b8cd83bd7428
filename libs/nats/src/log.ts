/** Where lines go, each a constant message with its fields. A logger of pino fits, and so does whatever a bot has. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
