import type { Acknowledgement, AlertBook } from './alert-book.ts'

/** What an acknowledgement changed. */
export interface Acknowledged {
  readonly book: AlertBook
  /** The alerts that were waiting for it. */
  readonly keys: readonly string[]
}

/**
 * Somebody knows of alerts and takes care: they are neither repeated nor escalated any more. A fault is over by that, if
 * nothing tells its end.
 * @param key null: every alert of the trader
 */
export function acknowledge(book: AlertBook, key: string | null, by: Acknowledgement): Acknowledged {
  const isMeant = (one: string) => key === null || key === one
  const keys = book.alerts
    .filter((alert) => isMeant(alert.key) && alert.acknowledged === null)
    .map((alert) => alert.key)
  if (keys.length === 0) return { book, keys }
  const alerts = book.alerts
    .filter(
      (alert) =>
        !(keys.includes(alert.key) && alert.notice.kind === 'fault' && alert.notice.facts.tellsItsEnd !== true),
    )
    .map((alert) => (keys.includes(alert.key) ? { ...alert, acknowledged: by } : alert))
  return { book: { ...book, alerts }, keys }
}
