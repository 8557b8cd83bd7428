import { readFileSync } from 'node:fs'
import type { LimitSpec, OracleConfig } from '../oracle/config.ts'
import type { Step } from '../oracle/steps.ts'

/** What holds after a step; what is not said is not checked. */
export interface Expected {
  readonly allowed?: boolean
  readonly code?: string
  readonly breach?: readonly string[]
  readonly floors?: Readonly<Record<string, string | number>>
  readonly ceilings?: Readonly<Record<string, string | number>>
  readonly room?: string | number
  readonly nearest?: string
  readonly action?: string
  readonly warned?: readonly string[]
  readonly worse_tier?: string
  readonly unenforced?: readonly string[]
  readonly uncomputable?: readonly string[]
  readonly refused?: boolean
  /** The limits that the refusal names. */
  readonly names?: readonly string[]
  readonly rejected?: boolean
  /** A change of limits waits. */
  readonly pending?: boolean
  /** How often something is told that people hear of. */
  readonly events?: number
  readonly day_pnl?: string | number
  readonly day_loss_pct?: string
  readonly report?: { readonly consistency: Readonly<Record<string, number>> }
  readonly trader?: string
  readonly exit_allowed?: boolean
  readonly orders?: Readonly<Record<string, boolean>>
  readonly status?: number
}

/** One of the cases of `peer-cases.json`, which peers' own tests try. */
export interface PeerCase {
  readonly id: string
  readonly kind: string
  readonly config: OracleConfig & { readonly group?: Readonly<Record<string, readonly string[]>> }
  readonly steps: readonly (Step & { readonly trader?: string; readonly trades_today?: number })[]
  readonly expect: Readonly<Record<string, Expected>>
  readonly note: string
}

/** One of the worked examples of `propfirm-examples.json`, which firms publish. */
export interface FirmExample {
  readonly id: string
  readonly firm: string
  readonly initial_balance: string
  readonly day: { readonly reset_time: string; readonly zone: string }
  readonly rules: readonly (LimitSpec & { readonly name: string })[]
  readonly steps: readonly Step[]
  readonly expect: {
    readonly floors: Readonly<Record<string, Readonly<Record<string, string>>>>
    readonly breach: { readonly step: number; readonly rule: string }
  }
  readonly note: string
}

/** How much of the profit the best day is. */
export interface DayResultExample {
  readonly id: string
  readonly limit_percent: string
  readonly strict?: boolean
  readonly daily_profits: readonly string[]
  readonly expect: { readonly best_day_percent: string; readonly met: boolean }
}

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))

export const PEER_CASES = read('peer-cases.json') as readonly PeerCase[]

const firms = read('propfirm-examples.json') as {
  readonly examples: readonly FirmExample[]
  readonly day_result_examples: readonly DayResultExample[]
}
export const FIRM_EXAMPLES = firms.examples
export const DAY_RESULT_EXAMPLES = firms.day_result_examples
