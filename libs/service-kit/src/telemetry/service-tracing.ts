import type { TracingSettings } from '@drawbridge/settings'
import type { Lifecycle } from '../lifecycle.ts'
import type { Logger } from '../log.ts'
import type { Tracing } from './tracing.ts'

/**
 * The tracing of a service, ending with `lifecycle`; null if it is off, then OpenTelemetry is not even loaded. Open it before
 * anything that makes spans, so that it ends last.
 */
export async function openServiceTracing(
  settings: TracingSettings | null,
  service: string,
  lifecycle: Lifecycle,
  log: Logger,
): Promise<Tracing | null> {
  if (settings === null) return null
  const { startTracing } = await import('./open-telemetry.ts')
  const tracing = startTracing(settings, service, (error) => {
    if (error === null) log.info('the trace collector accepts spans again')
    else log.warn({ err: error }, 'the trace collector does not accept spans; spans are lost meanwhile')
  })
  lifecycle.onStop('traces', () => tracing.stop())
  log.info('tracing')
  return tracing
}
