import type { TracingSettings } from '@drawbridge/settings'
import type { Tracing } from './tracing.ts'

/** Null if tracing is off; then OpenTelemetry is not even loaded. */
export async function openTracing(
  settings: TracingSettings | null,
  service: string,
  onExport: (error: Error | null) => void,
): Promise<Tracing | null> {
  if (settings === null) return null
  const { startTracing } = await import('./open-telemetry.ts')
  return startTracing(settings, service, onExport)
}
