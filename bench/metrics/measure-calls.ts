import { MetricRegistry, type Tracing } from '@drawbridge/service-kit'
import { openTracing } from '../../libs/service-kit/src/telemetry/open-tracing.ts'
import { median, roundTo } from '../machine.ts'

const CALLS = 200_000
const SAMPLES = 21
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0'
const STEP = {
  operation: 'process',
  template: 'equity.tick.{trader}',
  subject: 'equity.tick.bot1',
  attributes: {},
} as const

/** What single steps of the hot path take, nanoseconds, the loop around them included. */
export async function measureCalls(): Promise<Readonly<Record<string, number>>> {
  const registry = new MetricRegistry()
  const count = registry.count('guardian_rejects_total')
  const distribution = registry.distribution('guardian_publish_duration_seconds')
  const tracing = await openTracing({ ratio: 0, serviceName: null }, 'bench', () => undefined)
  let value = 0
  const traced = (by: Tracing | null, flags: string) => () => {
    if (by === null) value += 1
    else by.follow(TRACEPARENT + flags, STEP)?.end()
  }
  const calls = {
    loop: () => {
      value += 1
    },
    count: () => count.inc(),
    observe: () => distribution?.observe(0.001),
    observeTime: () => distribution?.observe(performance.now() / 1e9),
    tracingOff: traced(null, '1'),
    tracingUnsampled: traced(tracing, '0'),
    tracingSampled: traced(tracing, '1'),
  }
  const figures = Object.entries(calls).map(([name, call]) => [name, roundTo(nanosecondsOf(call), 1)])
  await tracing?.stop()
  if (value === 0) throw new Error('nothing was called')
  return Object.fromEntries(figures)
}

function nanosecondsOf(call: () => void): number {
  const samples: number[] = []
  while (samples.length < SAMPLES) {
    const startedAt = performance.now()
    for (let index = 0; index < CALLS; index += 1) call()
    samples.push(((performance.now() - startedAt) * 1e6) / CALLS)
  }
  return median(samples)
}
