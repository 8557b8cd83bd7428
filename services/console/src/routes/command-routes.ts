import type { HttpServer } from '@drawbridge/service-kit'
import { traderCommand } from '../core/command.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { answerCommand } from './answer.ts'
import { commandAnswer as response } from './answers.ts'
import { nameOf, traderOf, validCommand } from './asking.ts'
import { bodies, traderParams as params } from './schemas.ts'

const config = { access: 'operate' } as const
const tags = ['traders']

/** The commands to one trader. */
export function addCommandRoutes(server: HttpServer, parts: OperatorParts): void {
  const pause = {
    summary: 'Pauses the trader, until a given time or until it is resumed',
    tags,
    params,
    body: bodies.pause,
    response,
  }
  server.post('/api/traders/:id/pause', { config, schema: pause }, (request, reply) => {
    const command = traderCommand('pause', traderOf(request.params.id), request.body, nameOf(request))
    return answerCommand(parts, validCommand(command), request, reply)
  })

  const resume = { summary: 'Ends the whole pause of the trader', tags, params, body: bodies.resume, response }
  server.post('/api/traders/:id/resume', { config, schema: resume }, (request, reply) => {
    const command = traderCommand('resume', traderOf(request.params.id), request.body, nameOf(request))
    return answerCommand(parts, validCommand(command), request, reply)
  })

  const cashFlow = {
    summary: 'Records a deposit, or a withdrawal if negative',
    tags,
    params,
    body: bodies.cashFlow,
    response,
  }
  server.post('/api/traders/:id/cash-flow', { config, schema: cashFlow }, (request, reply) => {
    const command = traderCommand('cash-flow', traderOf(request.params.id), request.body, nameOf(request))
    return answerCommand(parts, validCommand(command), request, reply)
  })
}
