import { decodeConfigEvent, formatInstant, limitsToMessage, type TraderId } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, ownLimitsAt } from '@drawbridge/risk-engine'
import { type HttpServer, traderInPath } from '@drawbridge/service-kit'
import Type from 'typebox'
import { flagsCommand, limitsCommand, traderCommand } from '../core/command.ts'
import { incompleteIn } from '../core/incomplete-limits.ts'
import { limitsInForce } from '../core/limits.ts'
import { FLAG_RIVALS, LIMIT_RIVALS, ownLimitRivals } from '../core/rival.ts'
import { configurationInForce } from '../core/wire.ts'
import { type RiskLogReader, traderEvent } from '../inbound/risk-log-reader.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { answerCommand } from './answer-command.ts'
import { bodyOf, commandQuery, commandRequest, nameOf, requireToRead, splitCreate, traderOf } from './asking.ts'
import { type Guarded, tagOf } from './if-match.ts'
import {
  bodies,
  commandAnswer,
  flagsAnswer,
  flagsCommandAnswer,
  limitsAnswer,
  limitsCommandAnswer,
  traderId,
  traderLimitsAnswer,
} from './schemas.ts'

const read = { access: 'read' } as const
const readOwn = { ...read, aboutTraders: traderInPath } as const
const admin = { access: 'admin' } as const
const params = Type.Object({ trader: traderId })
const FLAGS_PATH = '/api/feature_flags'
/** In force until the log has its own. */
const BUILT_IN_FLAGS = { enable_risk_enforcement: true, enable_persistence: true, version: 0 }

/** The flags, with the names and the path of NOFX. */
export function addFlagRoutes(server: HttpServer, parts: OperatorParts): void {
  const tags = ['flags']
  const flags = { summary: 'The flags in force, and who changed them last', tags, response: flagsAnswer }
  server.get(FLAGS_PATH, { config: read, schema: flags }, async (_request, reply) => {
    const flags = await readFlags(parts.reader)
    return reply.header('etag', tagOf(flags.version)).send(flags)
  })

  const summary = 'Changes the named flags, without a restart'
  const change = { summary, tags, body: bodies.flags, response: flagsCommandAnswer }
  server.post(FLAGS_PATH, { config: admin, schema: change }, (request, reply) =>
    answerCommand(parts, flagsCommand(request.body, nameOf(request)), request, reply, guardedFlags(parts)),
  )
}

/** The flags, with the pause of all. */
export function guardedFlags({ reader }: Pick<OperatorParts, 'reader'>): Guarded {
  return { log: 'flags', rivals: FLAG_RIVALS, tagNow: async () => tagOf((await readFlags(reader)).version) }
}

async function readFlags(reader: RiskLogReader) {
  const newest = await reader.last('flags')
  return (newest === null ? null : configurationInForce(newest.data)) ?? BUILT_IN_FLAGS
}

/** Limits: the defaults with those of configured traders, and the limits of one trader. */
export function addLimitRoutes(server: HttpServer, parts: OperatorParts): void {
  const { reader } = parts
  const tags = ['limits']

  const all = { summary: 'The defaults, and the limits configured by trader', tags, response: limitsAnswer }
  server.get('/api/limits', { config: read, schema: all }, async (_request, reply) => {
    const limits = await readLimits(reader)
    return reply.header('etag', tagOf(limits.version)).send(limits)
  })

  const summary = 'Changes the named limits; the others stay'
  const change = { summary, tags, response: limitsCommandAnswer }
  server.put('/api/limits', { config: { ...admin, takes: bodies.limits }, schema: change }, async (request, reply) => {
    const tagNow = async () => tagOf((await readLimits(reader)).version)
    const configuration = await reader.configuration(null)
    const command = limitsCommand(bodyOf(request), nameOf(request), (named) => incompleteIn(configuration, named))
    return answerCommand(parts, command, request, reply, { log: 'limits', rivals: LIMIT_RIVALS, tagNow })
  })

  const where = 'The limits in force for a trader, and where they come from'
  const one = { summary: where, tags, params, response: traderLimitsAnswer }
  server.get('/api/limits/:trader', { config: readOwn, schema: one }, async (request, reply) => {
    const trader = traderOf(request.params.trader)
    await requireToRead(parts.known, request, trader)
    const limits = await readTraderLimits(reader, trader)
    return reply.header('etag', tagOf([limits.own, limits.pending])).send(limits)
  })

  const own = {
    summary: "Changes a trader's own limits",
    tags,
    params,
    querystring: commandQuery,
    response: commandAnswer,
  }
  server.put(
    '/api/limits/:trader',
    { config: { ...admin, takes: bodies.traderLimits }, schema: own },
    async (request, reply) => {
      const trader = traderOf(request.params.trader)
      const tagNow = async () => {
        const { own, pending } = await readTraderLimits(reader, trader)
        return tagOf([own, pending])
      }
      const { command: body, create } = splitCreate(bodyOf(request), request.query)
      const command = traderCommand('limits', trader, body, commandRequest(request))
      if (command.ok && !create) await parts.known.require(trader)
      const guarded = { log: trader, rivals: ownLimitRivals(trader), tagNow }
      return answerCommand(parts, command, request, reply, guarded)
    },
  )
}

/** The defaults and the limits of configured traders, and who changed them last. */
async function readLimits(reader: RiskLogReader) {
  const logged = await reader.last('limits')
  const inForce = logged === null ? null : configurationInForce(logged.data)
  const event = logged === null ? null : decodeConfigEvent('limits', logged.data)
  // An event leaves out limits that older guardians do not know while they have their value from before.
  if (inForce !== null && event?.ok === true && event.value.kind === 'limits') {
    return { ...inForce, defaults: limitsToMessage(event.value.defaults) }
  }
  if (inForce !== null) return inForce
  // In force until the log has its own.
  const { defaults, maxTraders } = BUILT_IN_CONFIGURATION
  return { version: 0, defaults: limitsToMessage(defaults), traders: {}, max_traders: maxTraders }
}

/** The limits in force for a trader, and their layers: its own limits take precedence over the configured ones. */
async function readTraderLimits(reader: RiskLogReader, trader: TraderId) {
  const [newest, configuration] = await Promise.all([reader.last(trader), reader.configuration(null)])
  const state = newest === null ? null : traderEvent(newest).state
  const now = Date.now()
  const configured = new Map(Object.entries(configuration.traderOverrides)).get(trader)
  return {
    trader,
    version: state?.version ?? 0,
    configVersion: configuration.version,
    limits: limitsToMessage(limitsInForce(configuration, trader, state, now)),
    own: limitsToMessage((state === null ? null : ownLimitsAt(state, now)) ?? {}),
    pending: (state?.pendingLimits ?? [])
      .filter(({ at }) => at > now)
      .map(({ at, limits }) => ({ at: formatInstant(at), limits: limitsToMessage(limits) })),
    configured: limitsToMessage(configured ?? {}),
  }
}
