import type { TracingSettings } from '@drawbridge/settings'
import type { Lifecycle } from '../lifecycle.ts'
import type { Logger } from '../log.ts'
import type { Tracing } from './tracing.ts'

/** Null if tracing is off; then OpenTelemetry is not even loaded. */
async function openTracing(
  settings: TracingSettings | null,
  service: string,
  onExport: (error: Error | null) => void,
): Promise<Tracing | null> {
  if (settings === null) return null
  const { startTracing } = await import('./open-telemetry.ts')
  return startTracing(settings, service, onExport)
}

/**
 * The tracing of a service, ending with `lifecycle`; null if it is off. Open it before anything that makes spans, so that
 * it ends last.
 */
export async function openServiceTracing(
  settings: TracingSettings | null,
  service: string,
  lifecycle: Lifecycle,
  log: Logger,
): Promise<Tracing | null> {
  const tracing = await openTracing(settings, service, (error) => {
    if (error === null) log.info('the trace collector accepts spans again')
    else log.warn({ err: error }, 'the trace collector does not accept spans; spans are lost meanwhile')
  })
  if (tracing === null) return null
  lifecycle.onStop('traces', () => tracing.stop())
  log.info('tracing')
  return tracing
}
