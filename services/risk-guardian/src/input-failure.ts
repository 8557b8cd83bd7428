import type { Logger } from '@drawbridge/service-kit'
import type { LogMessage } from './core/read-input.ts'
import type { GuardianMetrics } from './metrics.ts'

/** One input brought out a bug. It was refused for it; whoever runs this guardian must hear of it. */
export function tellFailure(
  { metrics, log }: { readonly metrics: GuardianMetrics; readonly log: Logger },
  { subject, seq }: LogMessage,
  error: unknown,
): void {
  metrics.inputFailures.inc()
  log.error({ err: error, subject, seq }, 'an input could not be read or judged; it is refused')
}
