import type { NoticeKind, Severity } from './notice.ts'

/** How bad each kind is, unless its facts say otherwise. */
export const SEVERITY_OF: Readonly<Record<NoticeKind, Severity>> = {
  breach: 'critical',
  fault: 'critical',
  warning: 'warning',
  silent: 'warning',
  uncomputable: 'warning',
  'out-of-order': 'warning',
  restarted: 'warning',
  corrected: 'warning',
  enforcement: 'warning',
  unconfirmed: 'info',
  rejected: 'info',
  paused: 'info',
  resumed: 'info',
  restored: 'info',
  recovered: 'info',
  computable: 'info',
  'limits-changed': 'info',
  'cash-flow': 'info',
  test: 'info',
}

/** How bad the worst of a kind is: an admin may break a firm hold. A `breach` or a `fault` may be milder than usual, never worse. */
export function worstSeverityOf(kind: NoticeKind): Severity {
  return kind === 'resumed' ? 'critical' : SEVERITY_OF[kind]
}

const RANK: Readonly<Record<Severity, number>> = { info: 0, warning: 1, critical: 2 }

export function isAtLeast(severity: Severity, least: Severity): boolean {
  return RANK[severity] >= RANK[least]
}

/** The worst first. */
export function byBadness(a: { readonly severity: Severity }, b: { readonly severity: Severity }): number {
  return RANK[b.severity] - RANK[a.severity]
}
