import '@drawbridge/service-kit/compile-cache'

const { runService } = await import('@drawbridge/service-kit')
const { startConsole } = await import('./start-console.ts')

await runService('console', startConsole)
