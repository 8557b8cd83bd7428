import { guardianCatalogue } from './guardian-catalogue.ts'
import type { MetricDefinitions } from './metric-definition.ts'
import { persisterCatalogue } from './persister-catalogue.ts'

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
