import '@drawbridge/service-kit/compile-cache'

const { runService } = await import('@drawbridge/service-kit')
const { startTrader } = await import('./start-trader.ts')

await runService('trader', startTrader)
