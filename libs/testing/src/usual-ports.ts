import { createServer } from 'node:net'

/** The ports that `npm start` uses if they are free: NATS, PostgreSQL and the services. */
const USUAL_PORTS = [4222, 5432, 8080, 8081, 8082, 8083]

/**
 * Occupies the usual ports that are free until this process ends. Test files run at the same time, and two runs of
 * `npm start` that find a usual port free at the same moment cannot both have it; so both use others.
 */
export function takeUsualPorts(): void {
  for (const port of USUAL_PORTS) {
    const placeholder = createServer((socket) => socket.destroy())
    placeholder.once('error', () => undefined)
    placeholder.listen({ host: '127.0.0.1', port, exclusive: true }).unref()
  }
}
