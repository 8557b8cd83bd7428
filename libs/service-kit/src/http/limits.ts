import type { HttpSettings } from '@drawbridge/settings'
import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HttpFault } from './errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Always answered, under any load: health, and what a bot must know to leave a position. */
    evenWhenBusy?: boolean
  }
}

const RETRY_AFTER_S = 1

/**
 * Refuses an address that sends too many requests with 429, and everybody with 503 while the event loop is late.
 * @param sampleIntervalMs how often the delay of the event loop is measured
 * @returns a function that counts a request without a valid token, and throws if its address sends too many
 */
export async function addLimits(
  server: FastifyInstance,
  settings: HttpSettings,
  sampleIntervalMs = 1_000,
): Promise<(request: FastifyRequest) => Promise<void>> {
  const { requestsPerSecond, busyAfterMs } = settings
  await server.register(underPressure, {
    maxEventLoopDelay: busyAfterMs,
    sampleInterval: sampleIntervalMs,
    exposeStatusRoute: false,
    pressureHandler: async (request, reply, _type, delayMs) => {
      if (request.routeOptions.config.evenWhenBusy === true) return
      // A process that got no time has measured nothing, which is told as Infinity. That is no reason to refuse anybody.
      if (delayMs === Number.POSITIVE_INFINITY) return
      reply.header('retry-after', RETRY_AFTER_S)
      throw new HttpFault(503, 'busy', 'the service is too busy; try again in a second')
    },
  })
  await server.register(rateLimit, {
    global: false,
    max: requestsPerSecond,
    timeWindow: 1_000,
    allowList: (request) => request.routeOptions.config.evenWhenBusy === true,
    addHeadersOnExceeding: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    errorResponseBuilder: (request, { max }) =>
      new HttpFault(
        429,
        'too-many-requests',
        `more than ${max} requests in a second from ${request.ip}; send less, or raise HTTP_REQUESTS_PER_SECOND`,
      ),
  })
  // One hook before all others, not one per route: refusals and unknown paths count as well.
  server.addHook('onRequest', server.rateLimit())
  return unknownLimit(server, settings.unknownRequestsPerSecond)
}

/** Without a token, every route is limited. */
function unknownLimit(server: FastifyInstance, max: number): (request: FastifyRequest) => Promise<void> {
  const count = server.createRateLimit({ max, timeWindow: 1_000, allowList: [] })
  return async (request) => {
    const counted = await count(request)
    if (counted.isAllowed || !counted.isExceeded) return
    throw new HttpFault(
      429,
      'too-many-requests',
      `more than ${max} requests without a valid token in a second from ${request.ip}; send a token, or raise ` +
        'HTTP_UNKNOWN_REQUESTS_PER_SECOND',
      RETRY_AFTER_S,
    )
  }
}
