/** A server sent neither a message nor a heartbeat for longer than it may be silent. */
export class SilentError extends Error {
  override readonly name = 'SilentError'

  constructor() {
    super('the server was silent for too long')
  }
}
