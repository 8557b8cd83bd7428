import { isInScope, type Principal, scopeInWords } from '@drawbridge/settings'
import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The traders that a request is about. The token of a bot may call the route if all of them are its own. A route without
     * this is not for bots, so that a new route is closed to them.
     */
    aboutTraders?: (request: FastifyRequest) => readonly string[]
  }
}

type Bot = Extract<Principal, { role: 'bot' }>

/**
 * Why a bot may not make this request; null: it may. Asked before anything is looked up, so that the answer about another
 * trader is the same whether there is one or not.
 */
export function refusalOfBot({ name, traders }: Bot, request: FastifyRequest): string | null {
  const { aboutTraders } = request.routeOptions.config
  const about = aboutTraders?.(request) ?? null
  if (about !== null && about.length > 0 && about.every((trader) => isInScope(traders, trader))) return null
  const words = `the token of "${name}" has the role "bot": it may report, ask and hear ${scopeInWords(traders)}, and nothing else`
  return about?.length === 0 ? `${words}; this request must say which, as in ?trader=<id>` : words
}

/** The trader in the path, as `:id` or `:trader`. */
export function traderInPath({ params }: FastifyRequest): readonly string[] {
  const { id, trader } = params as { readonly id?: unknown; readonly trader?: unknown }
  return [id, trader].filter((value) => typeof value === 'string')
}
