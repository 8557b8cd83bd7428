export { startTrader } from './start-trader.ts'
