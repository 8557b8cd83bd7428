import cliProgress, { type TimeFormatter } from 'cli-progress'

/** The progress of long work. */
export interface Progress {
  /** @param total if it has become known, or has changed */
  readonly to: (done: number, total?: number) => void
  readonly stop: () => void
}

/** @param total not given: nothing is shown until it is known */
export type StartProgress = (what: string, total?: number) => Progress

/** Shows nothing. */
export const startUnseen: StartProgress = () => ({ to: () => undefined, stop: () => undefined })

/** Shows it on standard error: standard output is for the result. */
export function progressOn(stderr: NodeJS.WritableStream): StartProgress {
  return (what, total) => start(stderr, what, total)
}

function start(stderr: NodeJS.WritableStream, what: string, total?: number): Progress {
  const bar = new cliProgress.SingleBar(
    {
      format: `${what} {bar} {value}/{total}, {eta_formatted} left`,
      etaBuffer: 100,
      hideCursor: true,
      formatTime: timeLeft,
      stream: stderr,
      noTTYOutput: true,
      notTTYSchedule: 2_000,
    },
    cliProgress.Presets.shades_classic,
  )
  let shown: number | undefined
  let last: number | undefined
  const to = (done: number, now = shown) => {
    if (now === undefined) return
    // What is done at once has a rate, too, and so no time that is left.
    if (shown === undefined) bar.start(now, done < now ? done : 0)
    else if (now !== shown) bar.setTotal(now)
    // The time that is left would be computed from no progress.
    if (done !== last) bar.update(done)
    shown = now
    last = done
  }
  to(0, total)
  return { to, stop: () => bar.stop() }
}

/** The library gives a word where it cannot tell yet. */
export const timeLeft: TimeFormatter = (seconds, options, roundedTo) =>
  typeof seconds === 'number' ? cliProgress.Format.TimeFormat(seconds, options, roundedTo) : '?'
