import '@drawbridge/service-kit/compile-cache'

const { runService } = await import('@drawbridge/service-kit')
const { startConnector } = await import('./start-connector.ts')

await runService('connector', startConnector)
