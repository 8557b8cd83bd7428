import { type Fact, formatInstant, type Instant, type RiskEvent, traceField } from '@drawbridge/contracts'
import { type Logger, spanAttributes, type TracedStep, type Tracing } from '@drawbridge/service-kit'
import type { LogMessage } from './core/read-input.ts'
import type { GuardianMetrics } from './metrics.ts'

/** One line for each change of what a trader may do; none for an ordinary tick. */
export function logFacts(log: Logger, event: RiskEvent, traceparent: string): void {
  const who = { trader: event.trader, ...traceField(traceparent) }
  for (const fact of event.facts) logFact(log, who, fact)
}

function logFact(log: Logger, who: object, fact: Fact): void {
  switch (fact.kind) {
    case 'breached': {
      const fields = { ...who, ...measured(fact), until: time(fact.until), enforced: fact.enforced }
      log.warn(fields, 'RISK LIMIT BREACHED')
      break
    }
    case 'paused': {
      const { reason, by, onBehalfOf } = fact
      log.warn({ ...who, until: time(fact.until), reason, by, onBehalfOf }, 'trading paused by an operator')
      break
    }
    case 'resumed':
      log.info({ ...who, cause: fact.cause, holders: fact.holders }, 'trading resumed')
      break
    case 'warned':
      log.warn({ ...who, ...measured(fact) }, 'risk limit is near')
      break
    case 'feed-stale':
      log.warn({ ...who, since: time(fact.since) }, 'feed of a trader is stale')
      break
    case 'feed-restored':
      log.info({ ...who, since: time(fact.since) }, 'feed of a trader is restored')
      break
    case 'limits-changed': {
      const { by, onBehalfOf, reason, inForceAt = null } = fact
      log.info({ ...who, by, onBehalfOf, reason, loosenedAt: time(inForceAt) }, 'limits of a trader changed')
      break
    }
    case 'tick-rejected':
      log.debug({ ...who, reason: fact.reason }, 'tick rejected')
      break
  }
}

/** A rule, and its numbers in percent. */
function measured({ rule, observedPct, limitPct }: Extract<Fact, { kind: 'breached' | 'warned' }>): object {
  return { rule, observed: Number(observedPct) / 1e8, limit: Number(limitPct) / 1e8 }
}

function time(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant)
}

/** Reports a bug that an input has revealed; the input was refused because of it. */
export function logFailure(
  { metrics, log }: { readonly metrics: GuardianMetrics; readonly log: Logger },
  { subject, seq }: LogMessage,
  error: unknown,
): void {
  metrics.inputFailures.inc()
  log.error({ err: error, subject, seq }, 'an input could not be read or judged; it is refused')
}

/**
 * Continues the trace of an input: a span from when it was read until its event is stored.
 * @param readAt by `performance.now()`
 * @returns null if the input's trace is not sampled.
 */
export function traceDecision(
  tracing: Tracing,
  { subject, seq, traceparent }: LogMessage,
  { type, trader, state }: RiskEvent,
  readAt: number,
): TracedStep | null {
  return tracing.follow(traceparent, {
    operation: 'process',
    template: subject.endsWith(`.${trader}`) ? `${subject.slice(0, -trader.length)}{trader}` : subject,
    subject,
    startedAt: performance.timeOrigin + readAt,
    attributes: {
      [spanAttributes.trader]: trader,
      [spanAttributes.inputSeq]: seq,
      [spanAttributes.eventType]: type,
      [spanAttributes.version]: state.version,
    },
  })
}
