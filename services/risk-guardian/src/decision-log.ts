import { type Fact, formatAmount, formatInstant, type Instant, type RiskEvent, traceField } from '@drawbridge/contracts'
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
      const { action, enforced } = fact
      const fields = { ...who, ...measured(fact), action, until: time(fact.until), enforced }
      log.warn(fields, 'RISK LIMIT BREACHED')
      break
    }
    case 'paused': {
      const { reason, by, onBehalfOf } = fact
      log.warn({ ...who, until: time(fact.until), reason, by, onBehalfOf }, 'trading paused by an operator')
      break
    }
    case 'resumed': {
      const { cause, holders, reason, by, onBehalfOf } = fact
      if (fact.firm)
        log.warn({ ...who, holders, reason, by, onBehalfOf }, 'an admin ended a firm pause before its time')
      else log.info({ ...who, cause, holders }, 'trading resumed')
      break
    }
    case 'hold-ended':
      log.info({ ...who, holders: fact.holders }, 'a hold on trading ended; the pause goes on')
      break
    case 'rebased': {
      const { rule, from, to } = fact
      log.warn({ ...who, rule, from: formatAmount(from), to: formatAmount(to) }, 'a limit is measured from a new value')
      break
    }
    case 'uncomputable':
      if (fact.reason === null) log.info({ ...who, rule: fact.rule }, 'a limit can be computed again')
      else log.warn({ ...who, rule: fact.rule, reason: fact.reason }, 'a limit cannot be computed; entries wait')
      break
    case 'reading-unconfirmed':
      log.warn({ ...who, equity: formatAmount(fact.equity) }, 'a reading is not believed at once; entries wait')
      break
    case 'reading-confirmed':
      log.info({ ...who, equity: formatAmount(fact.equity) }, 'a reading is confirmed')
      break
    case 'reading-dropped':
      log.info({ ...who, equity: formatAmount(fact.equity) }, 'a reading is dropped')
      break
    case 'out-of-order':
      log.warn({ ...who, count: fact.count }, 'ticks come late or twice; entries wait')
      break
    case 'restarted':
    case 'corrected': {
      const { kind, reason, by, onBehalfOf } = fact
      log.warn(
        { ...who, reason, by, onBehalfOf },
        kind === 'restarted' ? 'an account was restarted' : 'an account is corrected',
      )
      break
    }
    case 'warned':
      log.warn({ ...who, ...measured(fact) }, 'risk limit is near')
      break
    case 'feed-stale':
      log.warn({ ...who, since: time(fact.since) }, 'feed of a trader is stale')
      break
    case 'feed-restored':
      log.info({ ...who, since: time(fact.since) }, 'feed of a trader is restored')
      break
    case 'session-closed':
      log.info({ ...who, until: time(fact.until) }, 'the market of a trader is closed; entries wait')
      break
    case 'session-opened':
      log.info(who, 'the market of a trader is open')
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
