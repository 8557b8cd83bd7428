import { setTimeout as delay } from 'node:timers/promises'
import { timeLeft } from '@drawbridge/cli'
import { DEFAULT_LIMITS } from '@drawbridge/contracts'
import type { Config } from '@drawbridge/settings'
import cliProgress from 'cli-progress'
import { type Ask, askOf } from './ask.ts'

/** How an account has done, amounts and percentages as decimals. */
export interface AccountOutcome {
  readonly equity: string
  /** The largest decline from a peak, percent of the peak. */
  readonly deepestDrawdown: string
  readonly daysStopped: number
}

/** What the guardian did for an account. */
export interface AccountComparison {
  readonly with: AccountOutcome
  /** The same strategy on the same bars, as if its gate were always open. */
  readonly without: AccountOutcome
}

/** The replays of a configuration with the time zone of their trading days. */
export function replaysOf(config: Config): Map<string, string> {
  const replays = Object.entries(config.traders).filter(([, trader]) => trader.source.kind === 'replay')
  const defaultZone = config.limits.resetTimeZone ?? DEFAULT_LIMITS.resetTimeZone
  return new Map(replays.map(([id, trader]) => [id, trader.limits.resetTimeZone ?? defaultZone]))
}

/** The progress of a replay, from `GET /api/traders/:id` of the trader. */
interface ReplayProgress {
  readonly status: 'running' | 'finished' | 'failed'
  readonly bars: number
  readonly total: number
  readonly error: string | null
  /** Null: until it is finished. */
  readonly account: AccountComparison | null
}

const LOOK_EVERY_MS = 100

/**
 * Shows the replays' progress until all are finished.
 * Waits while the trader is starting (`null`): a bar begins with the whole of its replay, and so with a time that is left.
 * @throws if a replay fails
 */
export async function watchReplays(
  config: Config,
  ids: readonly string[],
  stopping: AbortSignal,
): Promise<readonly ReplayProgress[]> {
  if (ids.length === 0) return []
  const ask = askOf(config, config.trader)
  const bars = new cliProgress.MultiBar(
    {
      format: '{trader} {bar} {value}/{total} bars, {eta_formatted} left',
      etaBuffer: 200,
      hideCursor: true,
      formatTime: timeLeft,
      clearOnComplete: false,
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 2_000,
    },
    cliProgress.Presets.shades_classic,
  )
  const shown = new Map<string, cliProgress.SingleBar>()
  try {
    for (;;) {
      const progress = await Promise.all(ids.map((id) => readProgress(ask, id)))
      for (const [index, id] of ids.entries()) {
        const replay = progress[index] ?? null
        if (replay?.status === 'failed') throw new Error(`the replay of ${id} failed: ${replay.error}`)
        const isEarlier = replay?.status === 'finished' && !shown.has(id)
        if (replay === null || isEarlier) continue
        const bar = shown.get(id) ?? bars.create(replay.total, 0, { trader: id.padEnd(12) })
        shown.set(id, bar)
        bar.update(replay.bars)
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
async function readProgress(ask: Ask, id: string): Promise<ReplayProgress | null> {
  const answer = await ask(`/api/traders/${id}`)
  if (answer?.status === 401 || answer?.status === 403) {
    throw new Error('the trader requires a token; set DRAWBRIDGE_TOKEN to one with the role "read"')
  }
  return answer?.status === 200 ? (answer.body as { replay: ReplayProgress | null }).replay : null
}
