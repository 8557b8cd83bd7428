import { setTimeout as delay } from 'node:timers/promises'
import cliProgress from 'cli-progress'
import type { AskTrader } from './ask-trader.ts'

/** The progress of a replay, from `GET /api/traders/:id` of the trader. */
export interface ReplayProgress {
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
  ask: AskTrader,
  ids: readonly string[],
  stopping: AbortSignal,
): Promise<ReplayProgress[]> {
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
