import { createServer } from 'node:net'
import { type Infrastructure, startInfrastructure } from './infrastructure.ts'

/** What this process sends to its parent. */
export type InfrastructureMessage =
  | { readonly kind: 'said'; readonly line: string }
  | { readonly kind: 'started'; readonly infrastructure: Infrastructure }
  | { readonly kind: 'failed'; readonly reason: string }

/** The ports that `npm start` uses if they are free: NATS, PostgreSQL and the services. */
const USUAL_PORTS = [4222, 5432, 8080, 8081, 8082, 8083]

/**
 * Runs the test infrastructure in a separate process: it stops everything when the test run ends in any way, Ctrl-C and
 * SIGKILL included. So no reaper container is needed.
 */
process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true'

const gone = new Promise<void>((resolve) => process.once('disconnect', () => resolve()))

takeUsualPorts()
try {
  const { infrastructure, stop } = await startInfrastructure(process.env, (line) => tell({ kind: 'said', line }))
  tell({ kind: 'started', infrastructure })
  await gone
  await stop()
  process.exit(0)
} catch (error) {
  tell({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) })
  if (process.connected) process.disconnect()
  process.exit(1)
}

function tell(message: InfrastructureMessage): void {
  if (process.connected) process.send?.(message)
}

/**
 * Occupies the usual ports until this process ends, one that is taken as soon as it is free. Test files run at the same
 * time, and two runs of `npm start` that find a usual port free at the same moment cannot both have it; so both use
 * others.
 */
function takeUsualPorts(): void {
  for (const port of USUAL_PORTS) {
    const placeholder = createServer((socket) => socket.destroy()).unref()
    const listen = () => placeholder.listen({ host: '127.0.0.1', port, exclusive: true })
    placeholder.on('error', () => setTimeout(listen, 500).unref())
    listen()
  }
}
