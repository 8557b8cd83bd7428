import { signal } from '@preact/signals'
import type { LiveMessages } from '../../../src/core/live-messages.ts'
import { announceChanges } from './announcements.ts'
import { FleetStore } from './fleet-store.ts'
import { waitBeforeRetry } from './wait-before-retry.ts'

export type Link = 'connecting' | 'open' | 'lost'

/** The live state of the page. */
export const fleet = new FleetStore(announceChanges)
/** Whether the feed is connected. */
export const link = signal<Link>('connecting')

const KINDS = ['begin', 'traders', 'complete', 'pulse'] as const satisfies readonly (keyof LiveMessages)[]
/** A page that nobody sees leaves its connection to others after this time: a browser has few for one address. */
const HIDDEN_MS = 60_000

/**
 * Follows the feed until stopped. A lost connection is taken up again for ever.
 * @param onRefused called when the console refuses the page: its session may be over
 */
export function followLive(onRefused: () => void): () => void {
  let source: EventSource | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  let hidden: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  const open = () => {
    clearTimeout(retry)
    source?.close()
    const next = new EventSource('/api/live')
    source = next
    next.onopen = () => {
      link.value = 'open'
      failures = 0
    }
    next.onerror = () => {
      link.value = 'lost'
      // A browser gives up after a refusal, and tries a lost connection again each second, with all other pages.
      if (next.readyState === EventSource.CLOSED) onRefused()
      next.close()
      failures += 1
      clearTimeout(retry)
      retry = setTimeout(open, waitBeforeRetry(failures, Math.random()))
    }
    for (const kind of KINDS) {
      next.addEventListener(kind, ({ data }: MessageEvent<string>) => {
        fleet.take(kind, JSON.parse(data), performance.now())
      })
    }
  }
  const close = () => {
    clearTimeout(retry)
    source?.close()
    source = null
    link.value = 'connecting'
  }
  const onVisibility = () => {
    clearTimeout(hidden)
    if (document.hidden) hidden = setTimeout(close, HIDDEN_MS)
    else if (source === null) open()
  }
  document.addEventListener('visibilitychange', onVisibility)
  open()
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    clearTimeout(hidden)
    close()
  }
}
