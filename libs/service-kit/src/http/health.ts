import type {} from '@fastify/swagger'
import type { Registry } from 'prom-client'
import type { Readiness } from '../readiness.ts'
import type { Access } from './access.ts'
import type { HttpServer } from './http-server.ts'

/** `/livez`, `/readyz` and `/metrics`. Probes carry no token and learn only that the service runs. */
export function addHealthRoutes(
  server: HttpServer,
  readiness: Readiness,
  metrics: Registry,
  metricsAccess: Access,
): void {
  const open = { access: 'open', evenWhenBusy: true } as const
  server.get('/livez', { config: open, schema: { summary: 'Whether the process runs', tags: ['health'] } }, () => ({
    status: 'ok',
  }))
  server.get(
    '/readyz',
    { config: open, schema: { summary: 'Whether it can work now, and if not, why', tags: ['health'] } },
    (_request, reply) => {
      const report = readiness.report()
      return reply.code(report.ready ? 200 : 503).send(report)
    },
  )
  server.get(
    '/metrics',
    {
      config: { access: metricsAccess },
      schema: { summary: 'Metrics, as Prometheus reads them', tags: ['health'] },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()),
  )
}
