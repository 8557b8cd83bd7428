import type { Colour, Paint } from '../terminal/paint.ts'

/** An event as the console sends it. */
export interface SentEvent {
  readonly seq: number
  readonly event: {
    readonly type: string
    readonly trader?: string
    readonly version?: number
    readonly recordedAt: string
  }
  readonly words: string
}

const COLOURS: Readonly<Record<string, Colour>> = {
  breach: 'red',
  paused: 'red',
  'tick-rejected': 'yellow',
  warning: 'yellow',
  'feed-stale': 'yellow',
  resumed: 'green',
  'feed-restored': 'green',
  assessed: 'dim',
}

/** "2026-03-12 20:00:00Z  bot1 17  breach  max_daily_loss is reached: ..." */
export function eventLine({ event, words }: SentEvent, paint: Paint): string {
  const { type, trader = 'all', version, recordedAt } = event
  const time = `${recordedAt.slice(0, 19).replace('T', ' ')}Z`
  const which = version === undefined ? trader : `${trader} ${version}`
  return `${paint(time, 'dim')}  ${which.padEnd(12)}  ${paint(type.padEnd(14), COLOURS[type] ?? null)}  ${words}`
}
