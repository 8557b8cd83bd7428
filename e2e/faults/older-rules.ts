import {
  type ConfigEvent,
  encodeConfigEvent,
  encodeRiskEvent,
  type RiskEvent,
  subjects,
  type TraderId,
  type TraderState,
} from '@drawbridge/contracts'
import {
  applyConfiguration,
  BUILT_IN_CONFIGURATION,
  type Configuration,
  type Decision,
  decide,
  decideConfiguration,
  INITIAL_STATE,
  resolve,
  type TraderInput,
} from '@drawbridge/risk-engine'
import { type LogMessage, readInput } from '@drawbridge/risk-guardian'

/** The version of unreleased rules, for which a loss of exactly the limit was no breach. */
export const OLDER_RULES_VERSION = 0

const LIMIT_FIELDS = { max_daily_loss: 'maxDailyLossPct', max_drawdown: 'maxDrawdownPct' } as const

/** The older rules: the same as today's `decide`, except for losses of exactly a limit. */
export function decideByOlderRules(
  trader: TraderId,
  state: TraderState,
  configuration: Configuration,
  input: TraderInput,
): Decision {
  const decision = decide(trader, state, configuration, input)
  if (decision.kind !== 'event') return decision
  const exactly = decision.event.facts.find((fact) => fact.kind === 'breached' && fact.observedPct === fact.limitPct)
  if (exactly?.kind === 'breached') {
    const limit = LIMIT_FIELDS[exactly.rule as keyof typeof LIMIT_FIELDS]
    if (configuration.defaults[limit] === null)
      throw new Error(`${trader} must have no ${exactly.rule} of its own here`)
    const defaults = resolve({ ...configuration.defaults, [limit]: null })
    return decideByOlderRules(trader, state, { ...configuration, defaults }, input)
  }
  return { ...decision, event: { ...decision.event, rulesVersion: OLDER_RULES_VERSION } }
}

/** An event to be stored, and where. */
export interface OlderEvent {
  /** The subjects whose last event it follows. */
  readonly logSubject: string
  readonly subject: string
  readonly payload: Uint8Array
}

/** The logic of an older guardian: inputs, in order, to events. It ignores inputs that could only become dead letters. */
export class OlderJudge {
  #configuration = BUILT_IN_CONFIGURATION
  readonly #states = new Map<TraderId, TraderState>()

  take(message: LogMessage): OlderEvent | null {
    const read = readInput(message)
    if (read.kind === 'configuration') {
      const event = decideConfiguration(this.#configuration, read.change, message.seq, message.time)
      this.#configuration = applyConfiguration(this.#configuration, event)
      return configurationEvent(event)
    }
    if (read.kind === 'reject') return null
    const state = this.#states.get(read.trader) ?? INITIAL_STATE
    const decision = decideByOlderRules(read.trader, state, this.#configuration, read.input)
    if (decision.kind !== 'event') return null
    this.#states.set(read.trader, decision.event.state)
    return traderEvent(decision.event)
  }
}

/** Older events have no previous values. */
function configurationEvent(event: ConfigEvent): OlderEvent {
  const payload = encodeConfigEvent({ ...event, previous: null })
  return { logSubject: subjects.config(event.kind), subject: subjects.outConfig(event.kind), payload }
}

function traderEvent(event: RiskEvent): OlderEvent {
  const { trader, type } = event
  return {
    logSubject: subjects.traderLog(trader),
    subject: subjects.out(type, trader),
    payload: encodeRiskEvent(event),
  }
}
