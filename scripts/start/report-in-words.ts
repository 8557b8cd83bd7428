import { alignedRows } from '@drawbridge/service-kit/program'
import type { TraderReport } from './report.ts'

type Reports = ReadonlyMap<string, TraderReport>

/** The whole result: every breach, what the guardian did for the accounts, and the counts. */
export function tableOf(reports: Reports, seconds: number): string {
  const counts = [...reports].map(([trader, { ticks, events, historyRows }]) => [
    trader,
    String(ticks),
    String(events),
    String(historyRows),
  ])
  return [
    ...breachTables(reports),
    '',
    ...accountTable(reports),
    '',
    ...alignedRows([['trader', 'ticks', 'events', 'history rows'], ...counts]),
    '',
    `took ${seconds.toFixed(1)} s`,
  ].join('\n')
}

/** The result of replays that an earlier start has shown. */
export function summaryOf(reports: Reports): string {
  const breaches = [...reports].map(([trader, report]) => `${report.breaches.length} of ${trader}`)
  const list = 'npm start -- --breaches lists them'
  return [
    `The replays ended in an earlier start; breaches: ${breaches.join(', ')} (${list}).`,
    ...accountTable(reports),
  ].join('\n')
}

/** One row for each breach, whatever number of limits it broke. */
function breachTables(reports: Reports): string[] {
  return [...reports].flatMap(([trader, report]) => {
    const rows = report.breaches.map(({ date, rules, observed, limits, until }) => [
      date,
      rules.join(', '),
      observed.map((percent) => `${Number(percent).toFixed(2)} %`).join(', '),
      limits.map((percent) => `${Number(percent)} %`).join(', '),
      until ?? 'until an operator resumes',
    ])
    const head = ['day', 'rule', 'observed', 'limit', 'paused until']
    const { length } = report.breaches
    return ['', `${trader}: ${length} ${length === 1 ? 'breach' : 'breaches'}`, ...alignedRows([head, ...rows])]
  })
}

/** Each account beside the same one that nobody stops. */
function accountTable(reports: Reports): string[] {
  const rows = [...reports].flatMap(([trader, { account }]) =>
    (account === null ? [] : (['with', 'without'] as const)).map((which) => {
      const { equity, deepestDrawdown, daysStopped } = (account as NonNullable<typeof account>)[which]
      return [
        trader,
        which,
        money.format(Number(equity)),
        `${Number(deepestDrawdown).toFixed(2)} %`,
        String(daysStopped),
      ]
    }),
  )
  return rows.length === 0
    ? []
    : [...alignedRows([['account', 'guardian', 'final equity', 'deepest drawdown', 'days stopped'], ...rows]), WITHOUT]
}

const WITHOUT = '  without: the same account as if its gate were always open. An account that holds never asks.'

const money = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })

/** For programs. */
export function jsonOf(reports: Reports, seconds: number): string {
  const traders = Object.fromEntries(
    [...reports].map(([id, { breaches, ...counts }]) => [
      id,
      { ...counts, breaches: breaches.map(({ date, rules, until }) => ({ date, rules, until })) },
    ]),
  )
  return JSON.stringify({ traders, seconds: Math.round(seconds * 10) / 10 })
}
