import '@drawbridge/service-kit/compile-cache'

const { runService } = await import('@drawbridge/service-kit')
const { startPersister } = await import('./start-persister.ts')

await runService('persister', startPersister)
