import {
  type Fact,
  formatAmount,
  type LimitState,
  type Notice,
  type NoticeFacts,
  type NoticeKind,
  operatorHolder,
  type RiskEvent,
  SEVERITY_OF,
  type Severity,
  standingOf,
  TELEGRAM_USER,
} from '@drawbridge/contracts'

/** What settings say of a trader's alerts. */
export interface TraderSettings {
  /** Whether silence is told: only where somebody configured when it begins. */
  readonly tellsSilence: boolean
  /** Where no reading has named it. Null: nobody says it. */
  readonly currency: string | null
}

/** A notice as its fact makes it; its event says the rest. */
interface Made {
  readonly kind: NoticeKind
  readonly severity?: Severity
  readonly facts: NoticeFacts
}

/** What people are told of an event, in the order of its facts. */
export function noticesOf(event: RiskEvent, settings: TraderSettings): readonly Notice[] {
  return event.facts.flatMap((fact, index) => {
    const made = noticeOf(fact, event, settings)
    if (made === null) return []
    const { kind, severity = SEVERITY_OF[kind] } = made
    const facts = settings.currency === null ? made.facts : { currency: settings.currency, ...made.facts }
    const { trader, state, effectiveAt } = event
    return [{ kind, severity, trader, version: state.version, part: `${kind}-${index}`, at: effectiveAt, facts }]
  })
}

function noticeOf(fact: Fact, event: RiskEvent, { tellsSilence }: TraderSettings): Made | null {
  switch (fact.kind) {
    case 'breached':
      return breachOf(fact, event)
    case 'warned':
      return {
        kind: 'warning',
        facts: {
          ...limitFacts(fact.rule, event),
          observedPct: formatAmount(fact.observedPct),
          limitPct: formatAmount(fact.limitPct),
        },
      }
    case 'paused':
      return {
        kind: 'paused',
        facts: { ...authorFacts(fact), holders: [operatorHolder(fact.by)], until: fact.until, reason: fact.reason },
      }
    case 'resumed':
      return {
        kind: 'resumed',
        // A firm hold is a promise: that somebody broke it must not be missed.
        ...(fact.firm === true ? { severity: 'critical' as const } : {}),
        facts: {
          ...authorFacts(fact),
          ...(fact.reason === null ? {} : { reason: fact.reason }),
          holders: fact.holders,
          ...stillBlocking(event),
          isFirm: fact.firm === true,
        },
      }
    case 'feed-stale':
      return tellsSilence ? { kind: 'silent', facts: { since: fact.since, ...moneyFacts(event) } } : null
    case 'feed-restored':
      return tellsSilence ? { kind: 'restored', facts: { since: fact.since, ...moneyFacts(event) } } : null
    case 'uncomputable':
      return fact.reason === null
        ? { kind: 'computable', facts: { rule: fact.rule } }
        : { kind: 'uncomputable', facts: { rule: fact.rule, reason: fact.reason } }
    case 'reading-unconfirmed':
      return { kind: 'unconfirmed', facts: { ...moneyFacts(event), amount: formatAmount(fact.equity) } }
    case 'tick-rejected':
      // What is only late blocks nothing.
      return fact.cause === 'late' ? null : { kind: 'rejected', facts: { reason: fact.reason } }
    case 'out-of-order':
      return { kind: 'out-of-order', facts: { amount: String(fact.count) } }
    case 'limits-changed':
      return {
        kind: 'limits-changed',
        facts: { ...authorFacts(fact), ...(fact.reason === null ? {} : { reason: fact.reason }) },
      }
    case 'cash-flow':
      return {
        kind: 'cash-flow',
        facts: {
          ...moneyFacts(event),
          ...authorFacts(fact),
          amount: formatAmount(fact.amount),
          ...(fact.reason === null ? {} : { reason: fact.reason }),
        },
      }
    case 'restarted':
      return { kind: 'restarted', facts: { ...authorFacts(fact), reason: fact.reason } }
    case 'corrected':
      return {
        kind: 'corrected',
        facts: { ...authorFacts(fact), reason: fact.reason, ...(fact.rule === null ? {} : { rule: fact.rule }) },
      }
    case 'enforcement':
      return { kind: 'enforcement', facts: { enforced: fact.enforced } }
    case 'day-started':
    case 'hold-ended':
    case 'rebased':
    case 'peak-rebased':
    case 'baseline-rebased':
    case 'reading-confirmed':
    case 'reading-dropped':
    case 'run-began':
    case 'currency-set':
    case 'session-closed':
    case 'session-opened':
      return null
    default:
      return fact satisfies never
  }
}

function breachOf(fact: Extract<Fact, { kind: 'breached' }>, event: RiskEvent): Made {
  const { rule, observedPct, limitPct, loss, base, enforced, until, action = 'block-entries' } = fact
  return {
    kind: 'breach',
    // Nothing is blocked: somebody wants to know what would be.
    ...(enforced ? {} : { severity: 'warning' as const }),
    facts: {
      ...limitFacts(rule, event),
      observedPct: formatAmount(observedPct),
      limitPct: formatAmount(limitPct),
      loss: formatAmount(loss),
      base: formatAmount(base),
      enforced,
      action,
      until: enforced ? until : null,
    },
  }
}

function limitFacts(rule: string, event: RiskEvent): NoticeFacts {
  const limit: LimitState | undefined = event.state.limitStates.find(({ name }) => name === rule)
  return {
    ...moneyFacts(event),
    rule,
    ...(limit === undefined ? {} : { isProfit: limit.measure === 'profit' }),
    ...(limit === undefined || limit.line === null ? {} : { line: formatAmount(limit.line) }),
  }
}

function moneyFacts({ state, budget }: RiskEvent): NoticeFacts {
  return {
    ...(state.equity === null ? {} : { equity: formatAmount(state.equity) }),
    ...(state.currency === null ? {} : { currency: state.currency }),
    ...(budget === null ? {} : { room: formatAmount(budget.room) }),
  }
}

/** What blocks entries after an end of a hold; empty: they are allowed again. */
export type StillBlocking = Pick<NoticeFacts, 'stillHeld' | 'stillBlocked'>

/** An end of one hold allows no entries if others go on, or if the trader cannot be judged. */
export function stillBlocking({ state }: Pick<RiskEvent, 'state'>): StillBlocking {
  const { code, holders } = standingOf(state)
  if (holders.length > 0) return { stillHeld: holders }
  return code === 'ok' || code === 'limit' || code === 'operator' ? {} : { stillBlocked: code }
}

function authorFacts({ by, onBehalfOf }: { readonly by: string | null; readonly onBehalfOf?: string }): NoticeFacts {
  if (by === null) return {}
  // Telegram vouches for who that was.
  if (by === TELEGRAM_USER && onBehalfOf !== undefined) return { by: onBehalfOf }
  return { by: onBehalfOf === undefined ? by : `${by} (${onBehalfOf})` }
}
