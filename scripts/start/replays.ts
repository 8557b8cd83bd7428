import { readFileSync } from 'node:fs'
import { get as getPlain, type IncomingMessage, type RequestOptions } from 'node:http'
import { get as getSecure } from 'node:https'
import { json } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import type { Config, HttpAddress } from '@drawbridge/settings'
import cliProgress from 'cli-progress'

/** The answer of the trader service; null: none yet, it is starting. */
type AskTrader = (path: string) => Promise<{ readonly status: number; readonly body: unknown } | null>

const ANSWERS_WITHIN_MS = 5_000

export function urlOf({ http }: Config, { host, port }: HttpAddress): string {
  return `${http.tlsCertFile === null ? 'http' : 'https'}://${host}:${port}`
}

/** Requests to the trader service of this configuration, with the token in `DRAWBRIDGE_TOKEN` if set. */
function askTraderOf(config: Config): AskTrader {
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
        get(`${urlOf(config, config.trader)}${path}`, options, resolve).on('error', reject)
      })
      return { status: response.statusCode ?? 0, body: await json(response) }
    } catch {
      return null
    }
  }
}

/** The progress of a replay, from `GET /api/traders/:id` of the trader. */
interface ReplayProgress {
  readonly status: 'running' | 'finished' | 'failed'
  readonly bars: number
  readonly total: number
  readonly error: string | null
}

const LOOK_EVERY_MS = 100

/**
 * Shows the replays' progress until all are finished.
 * Waits while the trader is starting (`null`).
 * @throws if a replay fails
 */
export async function watchReplays(
  config: Config,
  ids: readonly string[],
  stopping: AbortSignal,
): Promise<readonly ReplayProgress[]> {
  const ask = askTraderOf(config)
  const bars = new cliProgress.MultiBar(
    {
      format: '{trader} {bar} {value}/{total} bars',
      hideCursor: true,
      clearOnComplete: false,
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 2_000,
    },
    cliProgress.Presets.shades_classic,
  )
  const shown = ids.map((id) => bars.create(1, 0, { trader: id.padEnd(12) }))
  try {
    for (;;) {
      const progress = await Promise.all(ids.map((id) => readProgress(ask, id)))
      for (const [index, replay] of progress.entries()) {
        if (replay?.status === 'failed') throw new Error(`the replay of ${ids[index]} failed: ${replay.error}`)
        shown[index]?.setTotal(replay?.total ?? 1)
        shown[index]?.update(replay?.bars ?? 0)
      }
      const finished = progress.filter((replay) => replay?.status === 'finished')
      if (finished.length === ids.length) return finished.filter((replay) => replay !== null)
      stopping.throwIfAborted()
      await delay(LOOK_EVERY_MS)
    }
  } finally {
    bars.stop()
  }
}

/** Null: not known yet. @throws if the trader refuses us */
async function readProgress(ask: AskTrader, id: string): Promise<ReplayProgress | null> {
  const answer = await ask(`/api/traders/${id}`)
  if (answer?.status === 401 || answer?.status === 403) {
    throw new Error('the trader requires a token; set DRAWBRIDGE_TOKEN to one with the role "read"')
  }
  return answer?.status === 200 ? (answer.body as { replay: ReplayProgress | null }).replay : null
}
