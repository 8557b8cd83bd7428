import { createServer } from 'node:net'

/** What `npm start` uses while it is free: NATS, PostgreSQL and the three services. */
const USUAL_PORTS = [4222, 5432, 8080, 8081, 8082, 8083]

/**
 * Takes the usual ports until this process ends, where they are free. Test files run at the same time, and two runs of
 * `npm start` that find a usual port free at the same instant cannot both have it; so each of them finds others.
 */
export function takeUsualPorts(): void {
  for (const port of USUAL_PORTS) {
    const placeholder = createServer((socket) => socket.destroy())
    placeholder.once('error', () => undefined)
    placeholder.listen({ host: '127.0.0.1', port, exclusive: true }).unref()
  }
}
