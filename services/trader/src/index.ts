export { addTraderRoutes } from './inbound/routes.ts'
export { startTrader } from './start-trader.ts'
