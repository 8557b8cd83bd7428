import { loadConfig } from '@drawbridge/settings'
import type { LightMyRequestResponse } from 'fastify'
import { Registry } from 'prom-client'
import { onTestFinished } from 'vitest'
import { createHttpServer } from '../src/http/http-server.ts'
import type { SessionSettings } from '../src/http/sessions.ts'
import type { HttpServer } from '../src/http/typed-server.ts'
import { createLogger, type Logger } from '../src/log.ts'
import { Readiness } from '../src/readiness.ts'

/** A server as a service makes it by this environment; it is closed with the test. */
export async function serve(
  env: Readonly<Record<string, string>> = {},
  addRoutes: (server: HttpServer) => void = () => undefined,
  log: Logger = createLogger('test', 'silent'),
  sessions: SessionSettings | null = null,
): Promise<HttpServer> {
  // It shares its event loop with all other tests, and is not to refuse anybody for that.
  const config = loadConfig({ HTTP_BUSY_AFTER_MS: '60000', ...env }, null)
  if (!config.ok) throw new Error(config.reason)
  const { trader: address, http: settings } = config.value
  const [readiness, metrics] = [new Readiness(), new Registry()]
  const server = await createHttpServer({
    service: 'test',
    address,
    settings,
    log,
    readiness,
    metrics,
    sessions,
    elsewhere,
  })
  onTestFinished(() => server.close())
  addRoutes(server)
  return server
}

const elsewhere = (path: string) => (path === '/other' ? 'the other service answers it' : null)

/** What a refusal says, as `<status> <code>: <message>`. */
export function refusal(response: LightMyRequestResponse): string {
  const { error } = response.json<{ error: { code: string; message: string } }>()
  return `${response.statusCode} ${error.code}: ${error.message}`
}
