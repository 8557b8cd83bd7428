import { limitsToMessage } from '@drawbridge/contracts'
import { HttpFault, type HttpServer } from '@drawbridge/service-kit'
import Type from 'typebox'
import { explain } from '../core/explain.ts'
import { limitsInForce } from '../core/limits-in-force.ts'
import { wireOf } from '../core/wire.ts'
import { readInput } from '../inbound/input-reader.ts'
import { readConfiguration, traderEvent } from '../inbound/read-events.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { explainAnswer } from './answers.ts'
import { traderOf } from './asking.ts'
import { logged, unknown } from './logged.ts'

const params = Type.Object({
  id: Type.String({ description: 'the id of a trader' }),
  version: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'the version of an event' }),
})

/** From a decision back to its causes. */
export function addExplainRoutes(server: HttpServer, { reader, manager, feed }: OperatorParts): void {
  const schema = {
    summary: 'A decision: its input, the limits in force then, and the arithmetic',
    tags: ['traders'],
    params,
    response: explainAnswer,
  }
  server.get('/api/traders/:id/explain/:version', { config: { access: 'read' }, schema }, async (request) => {
    const id = traderOf(request.params.id)
    const { version } = request.params
    const found = await reader.first(id, (event) => (event.version ?? 0) >= version)
    if (found === null || wireOf(found.event.data)?.version !== version) {
      if ((await reader.last(id)) === null) throw unknown(id)
      throw new HttpFault(404, 'unknown-version', `event ${version} of trader "${id}" not found in the risk log`)
    }
    const event = traderEvent(found.event)
    const before = await reader.before(id, found)
    const configuration = await readConfiguration(reader, event.configVersion)
    const stateBefore = before === null ? null : traderEvent(before).state
    const limits = limitsInForce(configuration, id, stateBefore, event.recordedAt)
    const { enforcement } = configuration
    return {
      trader: id,
      version,
      words: explain({ event, limits, enforcement }),
      input: await readInput(manager, event.state.inputSeq - feed.inputsOffset),
      limits: limitsToMessage(limits),
      enforcement,
      ...logged(found.event),
    }
  })
}
