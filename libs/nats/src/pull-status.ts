/** The server has nothing new, and is there. */
export const IDLE_HEARTBEAT = 100
/** No messages, and request timeout: a request for messages is over. */
export const REQUEST_OVER: ReadonlySet<number> = new Set([404, 408])
