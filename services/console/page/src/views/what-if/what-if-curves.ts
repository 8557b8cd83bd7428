import { type Column, columnOf, timesOf } from './chart-columns.ts'
import type { Judged } from './worker/messages.ts'

/** One line of the chart. */
export interface WhatIfCurve {
  readonly words: string
  /** The index of the setting, from 0 on; -1: what happened. */
  readonly setting: number
  readonly kind: 'equity' | 'limit'
  readonly column: Column
}

/** Equity as it was, and of each setting what trading would have made of it, and the lines of its limits. */
export function curvesOf({ reports, from }: Judged, names: readonly string[]): readonly WhatIfCurve[] {
  const [happened, ...tried] = reports
  if (happened === undefined) return []
  const until = happened.time ?? from
  const equity = { words: 'Equity', setting: -1, kind: 'equity', column: columnOf(happened.equity, until) } as const
  const ofSettings = tried.flatMap((report, setting): readonly WhatIfCurve[] => {
    const name = names[setting + 1] ?? ''
    const trading = {
      words: `${name}: while trading`,
      kind: 'equity' as const,
      column: columnOf(report.trading, until),
    }
    const limits = Object.entries(report.limits).map(([limit, line]) => ({
      words: `${name}: ${limit}`,
      kind: 'limit' as const,
      column: columnOf(line, until),
    }))
    return [...limits, trading].map((curve) => ({ ...curve, setting }))
  })
  return [...ofSettings, equity]
}

/** As people read them: what happened first, and of each setting first what trading made of it. */
export function inOrder(curves: readonly WhatIfCurve[]): readonly WhatIfCurve[] {
  const place = ({ setting, kind }: WhatIfCurve) => 2 * setting + Number(kind === 'limit')
  return curves.toSorted((a, b) => place(a) - place(b))
}

/** When the points of all curves are, milliseconds. */
export function pointTimes({ reports: [happened] }: Judged): readonly number[] {
  return happened === undefined ? [] : timesOf(happened.equity)
}
