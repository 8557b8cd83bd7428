import type { Acknowledgement } from '@drawbridge/contracts'
import type { Alert, AlertBook } from './alert-book.ts'

/** What an acknowledgement changed. */
export interface Acknowledged {
  readonly book: AlertBook
  /** The alerts that were waiting for it. */
  readonly alerts: readonly Alert[]
}

/** Which alerts of a trader somebody means. */
export interface Meant {
  /** Null: all of them. */
  readonly key: string | null
  /** Only what was told last by the event of this version: what has got worse since then is told to nobody yet. Absent: any. */
  readonly version?: number | undefined
}

/**
 * Somebody knows of alerts and takes care: they are neither repeated nor escalated any more. A fault is over by that, if
 * nothing tells its end.
 */
export function acknowledge(book: AlertBook, { key, version }: Meant, by: Acknowledgement): Acknowledged {
  const isMeant = ({ key: own, notice, acknowledged }: Alert) =>
    acknowledged === null && (key === null || key === own) && (version === undefined || version === notice.version)
  const meant = book.alerts.filter(isMeant)
  if (meant.length === 0) return { book, alerts: meant }
  const isOver = ({ notice }: Alert) => notice.kind === 'fault' && notice.facts.tellsItsEnd !== true
  const alerts = book.alerts
    .filter((alert) => !(meant.includes(alert) && isOver(alert)))
    .map((alert) => (meant.includes(alert) ? { ...alert, acknowledged: by } : alert))
  return { book: { ...book, alerts }, alerts: meant }
}
