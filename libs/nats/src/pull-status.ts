/** An idle heartbeat: the server is alive and has nothing new. */
export const IDLE_HEARTBEAT = 100
/** No messages, and request timeout: a request for messages has ended. */
export const REQUEST_OVER: ReadonlySet<number> = new Set([404, 408])
