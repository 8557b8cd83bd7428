import type { OperatorCommand } from '@drawbridge/contracts'
import { HttpFault, type HttpServer } from '@drawbridge/service-kit'
import Type from 'typebox'
import { traderCommand } from '../core/command.ts'
import { distanceToMessage } from '../core/distances.ts'
import { previewOf } from '../core/preview.ts'
import { traderRivals } from '../core/rival.ts'
import { traderEvent } from '../inbound/risk-log-reader.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { bodyOf, commandRequest, splitCreate, traderOf } from './asking.ts'
import { readLastRival, traderTag } from './if-match.ts'
import { bodies, previewAnswer, traderId } from './schemas.ts'

const BODIES = {
  pause: bodies.pause,
  resume: bodies.resume,
  limits: bodies.traderLimits,
  'cash-flow': bodies.cashFlow,
  restart: bodies.restart,
  correct: bodies.correct,
} as const satisfies Readonly<Record<OperatorCommand, object>>
const params = Type.Object({ id: traderId })

/** What a command would do if it were given now; nothing is written. */
export function addPreviewRoutes(server: HttpServer, parts: OperatorParts): void {
  const { reader, known } = parts
  for (const [kind, takes] of Object.entries(BODIES) as [OperatorCommand, (typeof BODIES)[OperatorCommand]][]) {
    const summary = `What ${kind} would do now; nothing is written`
    const schema = { summary, tags: ['traders'], params, response: previewAnswer }
    const config = { access: 'read', takes } as const
    server.post(`/api/traders/:id/preview/${kind}`, { config, schema }, async (request, reply) => {
      const trader = traderOf(request.params.id)
      const { command: body, create } = splitCreate(bodyOf(request), {})
      const command = traderCommand(kind, trader, body, commandRequest(request))
      if (!command.ok) throw new HttpFault(400, 'invalid-body', command.reason)
      if (!create) await known.require(trader)
      const tag = traderTag(await readLastRival(parts, traderRivals(trader), trader))
      const [newest, configuration] = await Promise.all([reader.last(trader), reader.configuration(null)])
      const event = newest === null ? null : traderEvent(newest)
      const preview = previewOf(kind, trader, command.value, event, configuration, Date.now())
      if (!preview.ok) throw new HttpFault(400, 'invalid-body', preview.reason)
      const { distances, ...told } = preview.value
      return reply.header('etag', tag).send({
        ...told,
        version: event?.state.version ?? 0,
        warnings: command.value.warnings,
        distances: distances.map(distanceToMessage),
      })
    })
  }
}
