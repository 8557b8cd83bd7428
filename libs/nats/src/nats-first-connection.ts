import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node'
import { Backoff } from './backoff.ts'
import type { Logger } from './log.ts'
import { isAuthorization } from './nats-refusals.ts'

/** The client's message; it has no code. */
const NO_TLS = /server does not support 'tls'/
/** Prefix of Node.js's TLS error codes; those of certificates have OpenSSL's names. */
const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/

/**
 * Connects for the first time. The client's own waiting would also wait, silently, when the server refuses us.
 * @param user the name of the user in messages
 * @throws when the server refuses us or is not trusted; with `wait` false, also when it is unreachable
 */
export async function firstConnection(
  options: NodeConnectionOptions,
  user: string,
  wait: boolean,
  log: Logger,
): Promise<NatsConnection> {
  const backoff = new Backoff(100, 2_000)
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await connect(options)
    } catch (error) {
      const servers = withoutPassword(String(options.servers))
      const refusal = refusalOf(error, servers, user)
      if (refusal !== null) throw refusal
      if (!wait) throw error
      if (isFirst) log.warn({ err: error, servers }, 'NATS is unreachable; retrying')
      await backoff.wait()
    }
  }
}

export function withoutPassword(url: string): string {
  return url.replaceAll(/\/\/[^@/,]*@/g, '//')
}

/** The refusal in words for an operator; null: the server is only unreachable. */
function refusalOf(error: unknown, servers: string, user: string): Error | null {
  if (!(error instanceof Error)) return null
  if (isAuthorization(error) || isAuthorization(error.cause)) {
    return new Error(
      `NATS at ${servers} does not let the user ${user} in: set NATS_NKEY_SEED_FILE to the seed of a user that the server ` +
        'knows; npm run nats-users makes users, and the server must have read its configuration since',
      { cause: error },
    )
  }
  const tls = [error, error.cause].find((one) => TLS_CODE.test((one as NodeJS.ErrnoException | undefined)?.code ?? ''))
  if (tls instanceof Error) {
    return new Error(
      `NATS at ${servers} is not trusted, or does not trust us: ${tls.message}; NATS_CA_FILE names the authority of its ` +
        'certificate, NATS_CERT_FILE and NATS_KEY_FILE our own',
      { cause: error },
    )
  }
  if (NO_TLS.test(error.message)) {
    return new Error(
      `NATS at ${servers} offers no TLS, and NATS_CA_FILE or NATS_CERT_FILE asks for it: ${error.message}`,
      {
        cause: error,
      },
    )
  }
  return null
}
