import { durables, parseEventSubject } from '@drawbridge/contracts'
import type { RiskMessage } from '@drawbridge/history'
import { spanAttributes, type TracedStep, type Tracing } from '@drawbridge/service-kit'

/** Goes on with the traces of events that are stored together: a span for each that is sampled. */
export function traceStoring(tracing: Tracing, messages: readonly RiskMessage[]): readonly TracedStep[] {
  const steps: TracedStep[] = []
  for (const { subject, seq, traceparent } of messages) {
    const address = parseEventSubject(subject)
    if (traceparent === '' || address.kind !== 'trader') continue
    const step = tracing.follow(traceparent, {
      operation: 'process',
      template: `${subject.slice(0, -address.trader.length)}{trader}`,
      subject,
      attributes: {
        [spanAttributes.consumerGroup]: durables.persister,
        [spanAttributes.batchCount]: messages.length,
        [spanAttributes.trader]: address.trader,
        [spanAttributes.eventSeq]: seq,
      },
    })
    if (step !== null) steps.push(step)
  }
  return steps
}
