import { readFileSync } from 'node:fs'
import { get as getPlain, type IncomingMessage, type RequestOptions } from 'node:http'
import { get as getSecure } from 'node:https'
import { json } from 'node:stream/consumers'
import type { Config, HttpAddress } from '@drawbridge/settings'

/** The answer of the trader service; null: none yet, it is starting. */
export type AskTrader = (path: string) => Promise<{ readonly status: number; readonly body: unknown } | null>

const ANSWERS_WITHIN_MS = 5_000

export function traderUrl(config: Config): string {
  return urlOf(config, config.trader)
}

export function consoleUrl(config: Config): string {
  return urlOf(config, config.console)
}

function urlOf({ http }: Config, { host, port }: HttpAddress): string {
  return `${http.tlsCertFile === null ? 'http' : 'https'}://${host}:${port}`
}

/** Requests to the trader service of this configuration, with the token in `DRAWBRIDGE_TOKEN` if set. */
export function askTraderOf(config: Config): AskTrader {
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
        get(`${traderUrl(config)}${path}`, options, resolve).on('error', reject)
      })
      return { status: response.statusCode ?? 0, body: await json(response) }
    } catch {
      return null
    }
  }
}
