import { type Infrastructure, startInfrastructure } from './infrastructure.ts'
import { takeUsualPorts } from './usual-ports.ts'

/**
 * Runs the test infrastructure in a separate process: it stops everything when the test run ends in any way, Ctrl-C and
 * SIGKILL included. So no reaper container is needed.
 */
process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true'

const gone = new Promise<void>((resolve) => process.once('disconnect', () => resolve()))

/** What this process sends to its parent. */
export type InfrastructureMessage =
  | { readonly kind: 'said'; readonly line: string }
  | { readonly kind: 'started'; readonly infrastructure: Infrastructure }
  | { readonly kind: 'failed'; readonly reason: string }

function tell(message: InfrastructureMessage): void {
  if (process.connected) process.send?.(message)
}

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
