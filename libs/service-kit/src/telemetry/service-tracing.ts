import type { TracingSettings } from '@drawbridge/settings'
import type { Lifecycle } from '../lifecycle.ts'
import type { Logger } from '../log.ts'
import { openTracing } from './open-tracing.ts'
import type { Tracing } from './tracing.ts'

/**
 * Tracing as a service has it, ending with `lifecycle`; null where it is off. To be opened before what makes spans, so
 * that it ends after that.
 */
export async function openServiceTracing(
  settings: TracingSettings | null,
  service: string,
  lifecycle: Lifecycle,
  log: Logger,
): Promise<Tracing | null> {
  const tracing = await openTracing(settings, service, (error) => {
    if (error === null) log.info('traces are taken again')
    else log.warn({ err: error }, 'traces are not taken; spans are lost until they are')
  })
  if (tracing === null) return null
  lifecycle.onStop('traces', () => tracing.stop())
  log.info('tracing')
  return tracing
}
