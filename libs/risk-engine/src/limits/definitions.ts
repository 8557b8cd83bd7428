import {
  defineLimit,
  LIMITS_OF_TRADER_MAX,
  type LimitName,
  type LimitParameters,
  type Limits,
  type PercentageBase,
} from '@drawbridge/contracts/pure'
import { type JudgedLimit, judgedLimit } from './judged-limit.ts'

/** The limits that a trader is judged by, and those that cannot be: a part of them is missing. */
export interface Definitions {
  readonly limits: readonly JudgedLimit[]
  /** Why, by name; entries wait while there is one. */
  readonly incomplete: ReadonlyMap<LimitName, string>
}

/** All limits of these settings: the short forms, then the long ones by name. */
export function definitionsOf(settings: Limits): Definitions {
  const limits: JudgedLimit[] = []
  const incomplete = new Map<LimitName, string>()
  // Sorted, because a document that has been in a database may have its keys in another order.
  const long = Object.entries(settings.named)
    .filter(([, parameters]) => parameters !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const all: Readonly<Record<LimitName, LimitParameters | null>> = {
    ...shortForms(settings),
    ...Object.fromEntries(long),
  }
  for (const [name, parameters] of Object.entries(all)) {
    if (parameters === null) continue
    const limit = defineLimit(name, parameters, settings)
    if (limit.ok) limits.push(judgedLimit(limit.value))
    else incomplete.set(name, limit.reason)
  }
  return { limits, incomplete }
}

/** Why a change makes too many limits, the short forms included; null: it does not. */
export function tooManyLimits(before: Definitions, after: Definitions): string | null {
  const count = countOf(after)
  if (count <= LIMITS_OF_TRADER_MAX || count <= countOf(before)) return null
  return `limits: ${count} limits with max_daily_loss and max_drawdown, and ${LIMITS_OF_TRADER_MAX} are possible: remove one first, as {"name": null}`
}

function countOf({ limits, incomplete }: Definitions): number {
  return limits.length + incomplete.size
}

/** `max_daily_loss` and `max_drawdown` in the long form. A long form of the same name replaces one. */
function shortForms(settings: Limits): Record<LimitName, LimitParameters> {
  const { maxDailyLossPct, maxDrawdownPct } = settings
  return {
    ...(maxDailyLossPct === null
      ? {}
      : {
          max_daily_loss: {
            window: 'day',
            reference: { kind: 'start', of: 'equity' },
            size: { kind: 'percent', percent: maxDailyLossPct, of: DAILY_LOSS_OF[settings.dailyLossBase] },
            ends: ENDS[settings.dailyLossEnds],
          },
        }),
    ...(maxDrawdownPct === null
      ? {}
      : {
          max_drawdown: {
            window: 'lifetime',
            reference: { kind: 'peak', of: 'equity', sampled: 'continuous' },
            size: { kind: 'percent', percent: maxDrawdownPct, of: 'reference' },
            ...drawdownEnd(settings),
          },
        }),
  }
}

const DAILY_LOSS_OF: { readonly [B in Limits['dailyLossBase']]: PercentageBase } = {
  'initial-balance': 'initial',
  'equity-at-reset': 'start-equity',
  'balance-at-reset': 'start-balance',
}

/** A lifetime has no next window: the next day is a time of day. */
function drawdownEnd({ drawdownEnds, resetTime }: Limits): Pick<LimitParameters, 'ends' | 'endsAt'> {
  return drawdownEnds === 'next-day' ? { ends: 'at', endsAt: resetTime } : { ends: drawdownEnds }
}

const ENDS = { timer: 'timer', 'next-day': 'next-window', manual: 'manual' } as const
