import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { WatchedExporter } from '../../src/telemetry/open-telemetry.ts'

const TRACING = fileURLToPath(new URL('../../src/index.ts', import.meta.url))

/** A process of its own that loads the whole SDK takes seconds where the machine is busy. */
const PROCESS_WITHIN_MS = 60_000

/** What of OpenTelemetry one process loads at first, as it opens tracing with each of these settings in turn. */
function loadedWith(...settings: readonly (object | null)[]): readonly (readonly string[])[] {
  const script = `
    import { registerHooks } from 'node:module'
    let loaded = new Set()
    registerHooks({
      resolve(specifier, context, next) {
        if (specifier.startsWith('@opentelemetry/')) loaded.add(specifier)
        return next(specifier, context)
      },
    })
    const { Lifecycle, createLogger, openServiceTracing } = await import(${JSON.stringify(TRACING)})
    const log = createLogger('test', 'silent')
    for (const settings of ${JSON.stringify(settings)}) {
      const lifecycle = new Lifecycle(log)
      await openServiceTracing(settings, 'test', lifecycle, log)
      await lifecycle.stop()
      console.log(JSON.stringify([...loaded]))
      loaded = new Set()
    }`
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
    timeout: PROCESS_WITHIN_MS,
  })
  expect(status, stderr).toBe(0)
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test('where tracing is off, nothing of the SDK is loaded: only the interface, which prom-client brings', {
  timeout: PROCESS_WITHIN_MS,
}, () => {
  const [off, on] = loadedWith(null, { ratio: 0, serviceName: null })
  expect(off).toEqual(['@opentelemetry/api'])
  expect(on).toContain('@opentelemetry/sdk-node')
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
