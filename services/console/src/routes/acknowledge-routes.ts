import type { Language } from '@drawbridge/contracts'
import { ACKNOWLEDGE_PATH, type AcknowledgeGrant, type HttpServer, readAcknowledgeLink } from '@drawbridge/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { OpenAlert } from '../inbound/alert-books.ts'
import type { OperatorParts } from '../operator-parts.ts'
import { type AcknowledgePage, acknowledgePage, PAGE_HEADERS } from './acknowledge-page.ts'

export interface LinkSettings {
  /** Null: there are no links. */
  readonly key: string | null
  /** The language of a channel's readers. */
  readonly languageOf: (channel: string) => Language
}

/**
 * The page of links in messages, by which whoever reads a channel acknowledges, without a token. Programs follow links, too: to
 * look at it changes nothing, its button does.
 */
export function addAcknowledgeRoutes(
  server: HttpServer,
  { alerts, notify }: Pick<OperatorParts, 'alerts' | 'notify'>,
  { key, languageOf }: LinkSettings,
): void {
  if (key === null) return
  const options = { config: { access: 'open', isSigned: true }, schema: { hide: true } } as const
  const find = async ({ trader, alert, version }: AcknowledgeGrant): Promise<OpenAlert | undefined> =>
    (await alerts.alertsOf(trader))?.find((one) => one.key === alert && one.notice.version === version)
  const answer = async (
    { query }: FastifyRequest,
    reply: FastifyReply,
    act: (grant: AcknowledgeGrant) => Promise<AcknowledgePage>,
  ) => {
    reply.headers(PAGE_HEADERS)
    const grant = readAcknowledgeLink(query as Readonly<Record<string, unknown>>, key, Date.now())
    if (!grant.ok) return reply.code(403).send(acknowledgePage({ kind: 'refused' }, languageOf('')))
    const { channel } = grant.value
    const found = await find(grant.value)
    const page = found === undefined ? ({ kind: 'over' } as const) : knownBy(found)
    if (page !== null) return reply.send(acknowledgePage(page, languageOf(channel)))
    const acted = await act(grant.value)
    return reply.code(acted.kind === 'waits' ? 202 : 200).send(acknowledgePage(acted, languageOf(channel)))
  }

  server.get(ACKNOWLEDGE_PATH, options, (request, reply) =>
    answer(request, reply, async ({ trader, alert }) => ({ kind: 'ask', trader, alert })),
  )
  server.post(ACKNOWLEDGE_PATH, options, (request, reply) =>
    answer(request, reply, async (grant) => {
      const { trader, alert, version, channel } = grant
      const command = { kind: 'acknowledge', trader, alert, version, by: `link:${channel}` } as const
      const isDone = async () => (await find(grant))?.acknowledged !== null
      const reason = await notify.ask(command, isDone)
      return reason === null ? { kind: 'done' } : { kind: 'waits', reason }
    }),
  )
}

function knownBy({ acknowledged }: OpenAlert): AcknowledgePage | null {
  return acknowledged === null ? null : { kind: 'known', by: acknowledged.by }
}
