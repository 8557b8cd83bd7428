export {
  type ConnectedTrader,
  type ConnectTraderOptions,
  connectTrader,
  REPORT_WAIT_MAX_MS,
  REPORT_WAIT_MS,
  type ReportOptions,
} from './connect-trader.ts'
export { type Order, type Position, type Quantity, reducing } from './core/reducing.ts'
export { TICK_OUTCOMES, type TickDecision, type TickOutcome } from './core/tick-decision.ts'
export { DEFAULT_UNDECIDED_AFTER_MS, Gate } from './gate.ts'
export { GateFollower } from './inbound/gate-follower.ts'
export { Outbox } from './outbound/outbox.ts'
export type { OwnTick, TickFate } from './own-ticks.ts'
export { type Report, reportWithin } from './report.ts'
export type { HeardDecision, TakenTick, Telemetry, WatchedTick } from './telemetry.ts'
export { openLink, type TraderLink } from './trader-link.ts'
export { EXIT, GATE_CODES, type GateCode, type Intent, type Verdict, type VerdictBudget } from './verdict.ts'
