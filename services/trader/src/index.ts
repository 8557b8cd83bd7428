export { type ConnectedTrader, type ConnectTraderOptions, connectTrader } from './connect-trader.ts'
export type { Intent, Verdict } from './core/verdict.ts'
export { Gate } from './gate.ts'
