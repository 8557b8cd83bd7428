import '@drawbridge/service-kit/compile-cache'

await import('./service.ts')
