import { readFileSync } from 'node:fs'
import { get as getPlain, type IncomingMessage, type RequestOptions } from 'node:http'
import { get as getSecure } from 'node:https'
import { json } from 'node:stream/consumers'
import type { Config, HttpAddress } from '@drawbridge/settings'

/** Asks a service; null: it does not answer, as while it is starting. */
export type Ask = (path: string) => Promise<{ readonly status: number; readonly body: unknown } | null>

const ANSWERS_WITHIN_MS = 5_000
/** Where a service listens everywhere, it is asked on this machine. */
const EVERYWHERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** The address of a service, as one on this machine reaches it. */
export function urlOf({ http }: Config, { host, port }: HttpAddress): string {
  const name = EVERYWHERE[host] ?? host
  return `${http.tlsCertFile === null ? 'http' : 'https'}://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** Requests to a service of this configuration, with the token in `DRAWBRIDGE_TOKEN` if set. */
export function askOf(config: Config, address: HttpAddress): Ask {
  const { tlsCertFile } = config.http
  const token = process.env.DRAWBRIDGE_TOKEN
  const headers = token ? { authorization: `Bearer ${token}` } : {}
  // The service is identified by exactly this certificate, whoever signed it and whatever name it has.
  const pinned =
    tlsCertFile === null
      ? {}
      : { ca: readFileSync(tlsCertFile), allowPartialTrustChain: true, checkServerIdentity: () => undefined }
  const get = tlsCertFile === null ? getPlain : getSecure
  return async (path) => {
    const options: RequestOptions = { headers, signal: AbortSignal.timeout(ANSWERS_WITHIN_MS), ...pinned }
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        get(`${urlOf(config, address)}${path}`, options, resolve).on('error', reject)
      })
      return { status: response.statusCode ?? 0, body: await json(response) }
    } catch {
      return null
    }
  }
}
