import '@drawbridge/service-kit/compile-cache'

const { runService } = await import('@drawbridge/service-kit')
const { startNotifier } = await import('./start-notifier.ts')

await runService('notifier', startNotifier)
