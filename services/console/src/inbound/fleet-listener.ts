import type { Logger } from '@drawbridge/service-kit'
import type { Fleet } from '../core/fleet.ts'
import type { FeedListener, LoggedEvent } from './risk-feed.ts'

/** Keeps the fleet up to date. Unreadable events are skipped and logged. */
export function fleetListener(fleet: Fleet, log: Logger): FeedListener {
  return {
    onEvent({ isTrader, log: trader, seq, data }: LoggedEvent) {
      if (isTrader && !fleet.apply(trader, data)) log.warn({ trader, seq }, 'skipping an unreadable event')
    },
    onRestart: () => fleet.clear(),
  }
}
