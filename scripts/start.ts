import '@drawbridge/service-kit/compile-cache'

await import('./start/start-system.ts')
