import type { HttpServer } from '@drawbridge/service-kit'
import Type from 'typebox'
import { limitsCommand, traderCommand } from '../core/command.ts'
import { readLimits, readTraderLimits } from '../inbound/read-limits.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { answerCommand } from './answer.ts'
import { commandAnswer, limitsAnswer, limitsCommandAnswer, traderLimitsAnswer } from './answers.ts'
import { nameOf, traderOf, validCommand } from './asking.ts'
import { expectedLastSeq, tagOf } from './expectation.ts'
import { bodies } from './schemas.ts'

const read = { access: 'read' } as const
const admin = { access: 'admin' } as const
const tags = ['limits']
const params = Type.Object({ trader: Type.String({ description: 'the id of a trader' }) })

/** Limits: the defaults with those of configured traders, and the limits of one trader. */
export function addLimitRoutes(server: HttpServer, parts: OperatorParts): void {
  const { reader } = parts

  const all = { summary: 'The defaults, and the limits configured by trader', tags, response: limitsAnswer }
  server.get('/api/limits', { config: read, schema: all }, async (_request, reply) => {
    const limits = await readLimits(reader)
    return reply.header('etag', tagOf(limits.version)).send(limits)
  })

  const change = {
    summary: 'Changes the named limits; the others stay',
    tags,
    body: bodies.limits,
    response: limitsCommandAnswer,
  }
  server.put('/api/limits', { config: admin, schema: change }, async (request, reply) => {
    const command = validCommand(limitsCommand(request.body, nameOf(request)))
    const expected = await expectedLastSeq(parts, command, request, async () =>
      tagOf((await readLimits(reader)).version),
    )
    return answerCommand(parts, command, request, reply, expected)
  })

  const one = {
    summary: 'The limits in force for a trader, and where they come from',
    tags,
    params,
    response: traderLimitsAnswer,
  }
  server.get('/api/limits/:trader', { config: read, schema: one }, async (request, reply) => {
    const limits = await readTraderLimits(reader, traderOf(request.params.trader))
    return reply.header('etag', tagOf([limits.own, limits.pending])).send(limits)
  })

  const own = {
    summary: "Changes a trader's own limits",
    tags,
    params,
    body: bodies.traderLimits,
    response: commandAnswer,
  }
  server.put('/api/limits/:trader', { config: admin, schema: own }, async (request, reply) => {
    const trader = traderOf(request.params.trader)
    const command = validCommand(traderCommand('limits', trader, request.body, nameOf(request)))
    const tag = async () => {
      const { own, pending } = await readTraderLimits(reader, trader)
      return tagOf([own, pending])
    }
    return answerCommand(parts, command, request, reply, await expectedLastSeq(parts, command, request, tag))
  })
}
