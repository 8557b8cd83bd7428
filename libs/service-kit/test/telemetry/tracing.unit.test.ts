import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { WatchedExporter } from '../../src/telemetry/watched-exporter.ts'

const TRACING = fileURLToPath(new URL('../../src/index.ts', import.meta.url))

/** What of OpenTelemetry a process loads that opens tracing with these settings. */
function loadedWith(settings: object | null): readonly string[] {
  const script = `
    import { registerHooks } from 'node:module'
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier.startsWith('@opentelemetry/')) console.log(specifier)
        return next(specifier, context)
      },
    })
    const { Lifecycle, createLogger, openServiceTracing } = await import(${JSON.stringify(TRACING)})
    const log = createLogger('test', 'silent')
    const lifecycle = new Lifecycle(log)
    await openServiceTracing(${JSON.stringify(settings)}, 'test', lifecycle, log)
    await lifecycle.stop()`
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  })
  expect(status, stderr).toBe(0)
  return stdout.split('\n').filter((line) => line !== '')
}

test('where tracing is off, nothing of the SDK is loaded: only the interface, which prom-client brings', () => {
  expect(loadedWith(null)).toEqual(['@opentelemetry/api'])
  expect(loadedWith({ ratio: 0, serviceName: null })).toContain('@opentelemetry/sdk-node')
})

test('that spans do not get through is told once, and that they do again', () => {
  const told: (string | null)[] = []
  let code = 0
  const watched = new WatchedExporter(
    {
      export: (_spans, done) => done(code === 0 ? { code } : { code, error: new Error('away') }),
      shutdown: async () => undefined,
    },
    (error) => told.push(error?.message ?? null),
  )
  for (code of [0, 1, 1, 0, 0, 1]) watched.export([], () => undefined)
  expect(told).toEqual(['away', null, 'away'])
})
