import { ConnectorReportSchema } from '@drawbridge/contracts'
import { HttpFault, type HttpServer } from '@drawbridge/service-kit'
import Type from 'typebox'
import type { Connector } from '../connector.ts'
import type { OwnProcess } from '../core/other-process.ts'
import { reportOf } from '../outbound/reports.ts'

const params = Type.Object({
  name: Type.String({ description: 'the name of a connector' }),
  path: Type.String({ description: 'what the adapter of the connector expects, such as a secret' }),
})
const tags = ['connectors']

/** How each connector does, and the addresses at which the other sides of some of them send. */
export function addConnectorRoutes(server: HttpServer, connectors: readonly Connector[], own: OwnProcess): void {
  const list = {
    summary: 'How each connector does: its newest reading, whether entries are blocked, and what cannot be done',
    tags,
    response: { 200: Type.Object({ connectors: Type.Array(ConnectorReportSchema) }) },
  }
  server.get('/api/connectors', { config: { access: 'read' }, schema: list }, () => ({
    connectors: connectors.map((one) => reportOf(one, own)),
  }))

  const summary = 'Takes what the other side of a connector sends; who sent it is told by a secret in it'
  server.post(
    '/connectors/:name/:path',
    { config: { access: 'open' }, schema: { summary, tags, params } },
    async (request, reply) => {
      const { name, path } = request.params
      const receive = connectors.find((one) => one.name === name)?.receiver ?? null
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([key, value]) => [key, Array.isArray(value) ? value.join(', ') : value]),
      )
      const body = request.body instanceof Uint8Array ? Buffer.from(request.body).toString('utf8') : ''
      const answer = receive === null ? null : await receive({ path, body, headers })
      // The same answer for a wrong name and a wrong secret, so that nobody learns the names of connectors.
      if (answer === null || answer.status === 404) {
        throw new HttpFault(404, 'not-found', 'no connector takes anything here')
      }
      return reply.code(answer.status).send(answer.body)
    },
  )
}
