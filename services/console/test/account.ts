import {
  type ConfigEvent,
  formatInstant,
  type Instant,
  type RiskEvent,
  subjects,
  toJsonBytes,
} from '@drawbridge/contracts'
import { INITIAL_STATE, OfflineJudge } from '@drawbridge/risk-engine'
import { type Distance, distancesOf } from '../src/core/distances.ts'
import { explain } from '../src/core/explain.ts'
import { configurationOf, limitsInForce } from '../src/core/limits.ts'

/** 2026-03-12, 14:00 UTC: when the first input comes. The others follow a minute apart. */
const START: Instant = Date.UTC(2026, 2, 12, 14)
const MINUTE_MS = 60_000

/** Minutes after the start, as an event has it. */
export const after = (minutes: number): string => formatInstant(START + minutes * MINUTE_MS)

/** An account of the trader bot1 that the rules judge, and what the operators' API says of it. */
export class Account {
  readonly #judge = new OfflineJudge()
  #flags: ConfigEvent | null = null
  #limits: ConfigEvent | null = null
  #seq = 0
  #minute = -1
  #event: RiskEvent | null = null

  /** One that has these limits, as they are written, and reports this equity first. */
  static with(limits: object, equity: number | string): Account {
    const account = new Account()
    // What confirms a reading is the business of the rules: here every reading counts at once, and silence is not judged.
    account.put(subjects.controlLimits, { confirm_jump: null, stale_after_seconds: null, ...limits })
    account.tick(equity)
    return account
  }

  tick(equity: number | string): RiskEvent {
    return this.put(subjects.tick('bot1'), { equity })
  }

  /** Gives what the rules make of an input: the last event of the trader. */
  put(subject: string, payload: object, minutes = 1): RiskEvent {
    this.#seq += 1
    this.#minute += minutes
    const time = START + this.#minute * MINUTE_MS
    for (const event of this.#judge.judge({ subject, seq: this.#seq, time, data: toJsonBytes(payload) }).events) {
      this.#judge.take(event)
      if (!('kind' in event)) this.#event = event
      else if (event.kind === 'flags') this.#flags = event
      else this.#limits = event
    }
    return this.#event ?? NOT_YET
  }

  distances(): readonly Distance[] {
    const event = this.#event ?? NOT_YET
    const configuration = configurationOf(this.#flags, this.#limits)
    return distancesOf(event.state, limitsInForce(configuration, 'bot1', event.state, event.recordedAt))
  }

  /** The last event in words. */
  explained(): readonly string[] {
    const event = this.#event ?? NOT_YET
    const configuration = configurationOf(this.#flags, this.#limits)
    const limits = limitsInForce(configuration, 'bot1', event.state, event.recordedAt)
    return explain(event, limits, configuration.enforcement)
  }
}

const NOT_YET: RiskEvent = {
  type: 'assessed',
  trader: 'bot1',
  recordedAt: START,
  effectiveAt: START,
  rulesVersion: 0,
  configVersion: 0,
  tickSeq: null,
  budget: null,
  facts: [],
  state: INITIAL_STATE,
}
