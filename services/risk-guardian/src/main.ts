import '@drawbridge/service-kit/compile-cache'

const { runService } = await import('@drawbridge/service-kit')
const { startGuardian } = await import('./start-guardian.ts')

await runService('risk-guardian', startGuardian)
