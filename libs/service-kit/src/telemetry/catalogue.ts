import { connectorCatalogue } from './connector-catalogue.ts'
import { guardianCatalogue } from './guardian-catalogue.ts'
import type { MetricDefinition, MetricDefinitions } from './metric-definition.ts'
import { notifierCatalogue } from './notifier-catalogue.ts'
import { persisterCatalogue } from './persister-catalogue.ts'

import { processCatalogue } from './process-catalogue.ts'
import { traderCatalogue } from './trader-catalogue.ts'

/** The metrics of NOFX. Guardians and persisters measure them; the console shows all of them in one place. */
export const consoleCatalogue = {
  risk_daily_pnl: guardianCatalogue.risk_daily_pnl,
  risk_drawdown: guardianCatalogue.risk_drawdown,
  risk_trading_paused: guardianCatalogue.risk_trading_paused,
  risk_limit_breaches_total: guardianCatalogue.risk_limit_breaches_total,
  risk_check_latency_ms: guardianCatalogue.risk_check_latency_ms,
  risk_persistence_attempts_total: persisterCatalogue.risk_persistence_attempts_total,
  risk_persistence_failures_total: persisterCatalogue.risk_persistence_failures_total,
  risk_persist_latency_ms: persisterCatalogue.risk_persist_latency_ms,
} as const satisfies MetricDefinitions

/** Metrics by the service that shows them; the names are spelled there and nowhere else. */
export const catalogueByService = {
  'risk-guardian': guardianCatalogue,
  trader: traderCatalogue,
  persister: persisterCatalogue,
  console: consoleCatalogue,
  notifier: notifierCatalogue,
  connector: connectorCatalogue,
  'every service': processCatalogue,
} as const

const everyMetric = {
  ...guardianCatalogue,
  ...traderCatalogue,
  ...persisterCatalogue,
  ...notifierCatalogue,
  ...connectorCatalogue,
  ...processCatalogue,
} as const

export type MetricName = keyof typeof everyMetric
type NameOf<Type extends MetricDefinition['type']> = {
  [Name in MetricName]: (typeof everyMetric)[Name]['type'] extends Type ? Name : never
}[MetricName]
export type GaugeName = NameOf<'gauge'>
export type CounterName = NameOf<'counter'>
export type HistogramName = NameOf<'histogram'>

/** Every metric of Drawbridge. */
export const catalogue: Readonly<Record<MetricName, MetricDefinition>> = everyMetric

/** The metric of that name; undefined: none. */
export function metricNamed(name: string): MetricDefinition | undefined {
  return Object.hasOwn(catalogue, name) ? catalogue[name as MetricName] : undefined
}
