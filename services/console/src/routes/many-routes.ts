import { ALL_HOLDER, type TraderId } from '@drawbridge/contracts'
import { HttpFault, type HttpServer } from '@drawbridge/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { type Body, flagsCommand, traderCommand } from '../core/command.ts'
import type { FleetMember } from '../core/fleet.ts'
import { readSelection, SELECTED_MAX, type Selection } from '../core/selection.ts'
import { untilAll } from '../inbound/fleet-watch.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { commandMany, TRADER_OUTCOMES, type TraderOutcome } from '../outbound/command-many.ts'
import { keyOf, traceOf } from './answer-command.ts'
import { commandRequest, logged, nameOf, splitCreate } from './asking.ts'
import { guardedFlags } from './configuration-routes.ts'
import { changedMeanwhile, expectedBy } from './if-match.ts'
import { bodies, manyAnswer } from './schemas.ts'

const operate = { access: 'operate' } as const
type Kind = 'pause' | 'resume'

/** The commands to many traders: named ones, those of a prefix, or all. */
export function addManyRoutes(server: HttpServer, parts: OperatorParts): void {
  const add = (kind: Kind, body: object, summary: string) => {
    const schema = {
      summary,
      tags: ['traders'],
      body: Type.Unsafe<Readonly<Record<string, unknown>>>(body),
      response: manyAnswer,
    }
    server.post(`/api/traders/${kind}`, { config: operate, schema }, async (request, reply) => {
      const { command: named, create } = splitCreate(request.body, {})
      const read = readSelection(named)
      if (!read.ok) throw new HttpFault(400, 'invalid-body', read.reason)
      const { selection, command } = read.value
      if (selection.kind === 'all') return answerAll(parts, kind, command, request, reply)
      const traders = await tradersOf(parts, selection)
      const known = commandRequest(request)
      const outcomes = await commandMany(parts, {
        traders,
        commandOf: (trader) => traderCommand(kind, trader, command, known),
        keyOf: (one) => keyOf(request, one),
        traceparent: traceOf(request),
        create,
      })
      return answerMany(reply, outcomes, true, { later: false, input: null, event: null })
    })
  }
  add('pause', bodies.pauseMany, 'Pauses named traders, those of a prefix, or all with those that come later')
  add('resume', bodies.resumeMany, "Ends the caller's own holds of these traders, or the pause of all")
}

async function tradersOf({ known, feed }: OperatorParts, selection: Exclude<Selection, { kind: 'all' }>) {
  if (selection.kind === 'list') return selection.traders
  if (!feed.isCurrent) throw new HttpFault(503, 'not-ready', 'the risk log is being read; try again in a moment')
  const { prefix } = selection
  const traders: TraderId[] = []
  for (const id of await known.ids()) if (id.startsWith(prefix)) traders.push(id)
  if (traders.length === 0) {
    throw new HttpFault(
      404,
      'unknown-trader',
      `no trader is configured or has reported whose id begins with "${prefix}"`,
    )
  }
  if (traders.length <= SELECTED_MAX) return traders.sort()
  const words = `the ids of ${traders.length} traders begin with "${prefix}", of at most ${SELECTED_MAX} at once`
  throw new HttpFault(400, 'too-many-traders', `${words}; name a longer prefix, or all`)
}

/** Changes the pause of all, which is one input, and tells what has become of each trader by it. */
async function answerAll(
  parts: OperatorParts,
  kind: Kind,
  command: Body,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { until, reason, ...others } = command
  for (const name of ['firm', 'holder', 'rebase']) {
    if (others[name] !== undefined) {
      throw new HttpFault(400, 'invalid-body', `${name} is for named traders, and for those of a prefix, not for all`)
    }
  }
  if (reason === undefined) throw new HttpFault(400, 'invalid-body', 'reason is missing')
  const pause_all = kind === 'resume' ? null : until === undefined ? {} : { until }
  const parsed = flagsCommand({ ...others, reason, pause_all }, nameOf(request))
  if (!parsed.ok) throw new HttpFault(400, 'invalid-body', parsed.reason)
  const expected = await expectedBy(parts, guardedFlags(parts), request)
  const sending = { traceparent: traceOf(request), key: keyOf(request, parsed.value), expected }
  const outcome = await parts.commander.send(parsed.value, sending)
  if (outcome.kind === 'refused') throw new HttpFault(409, 'refused', outcome.reason)
  if (outcome.kind === 'conflict') throw await changedMeanwhile(parts, guardedFlags(parts))
  const isDone = (member: FleetMember) => member.holders.includes(ALL_HOLDER) === (kind === 'pause')
  const isStored = outcome.kind === 'stored'
  if (isStored) await untilAll(parts.fleet, isDone)
  const outcomes = [...parts.fleet.members()].map((member): TraderOutcome => {
    const { id: trader, status, holders } = member
    const of = { trader, input: outcome.inputSeq, status, holders }
    if (isStored && isDone(member)) return { ...of, outcome: 'stored', reason: null }
    return { ...of, outcome: 'undecided', reason: 'not decided yet; it will be' }
  })
  const event = isStored ? logged(outcome.event).event : null
  return answerMany(reply, outcomes, isStored, { later: kind === 'pause', input: outcome.inputSeq, event })
}

/**
 * 200: done for each of them; 207: not for all. Those for which it is not done come first, and at most so many are told.
 * @param isDecided whether the change that is for all is
 */
function answerMany(
  reply: FastifyReply,
  outcomes: readonly TraderOutcome[],
  isDecided: boolean,
  of: { readonly later: boolean; readonly input: number | null; readonly event: object | null },
): FastifyReply {
  const sorted = [...outcomes].sort((a, b) => Number(a.outcome === 'stored') - Number(b.outcome === 'stored'))
  const counts = Object.fromEntries(
    TRADER_OUTCOMES.map((kind) => [kind, outcomes.filter(({ outcome }) => outcome === kind).length]),
  )
  const isDone = isDecided && counts.stored === outcomes.length
  return reply.code(isDone ? 200 : 207).send({ ...of, counts, traders: sorted.slice(0, SELECTED_MAX) })
}
