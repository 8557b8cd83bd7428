import { type Instant, parseInstant } from '@drawbridge/contracts'
import { isFailure } from '../../core/failure.ts'
import type { Account, Adapter, Surroundings } from '../../port.ts'
import { readingOfSummary } from './reading.ts'
import { InteractiveBrokersSchema, type InteractiveBrokersSettings } from './settings.ts'
import { TwsLink } from './tws-link.ts'

const MINUTE_MS = 60_000

export const interactiveBrokers: Adapter<typeof InteractiveBrokersSchema> = {
  name: 'interactive-brokers',
  about: 'An account of Interactive Brokers, by TWS or IB Gateway.',
  settings: InteractiveBrokersSchema,
  secrets: {},
  everySeconds: 15,
  // TWS admits 50 messages a second.
  limits: () => ({ read: { calls: 60, perMs: MINUTE_MS }, control: { calls: 60, perMs: MINUTE_MS } }),
  open: openInteractiveBrokers,
}

const NOTES = [
  'TWS refreshes its values every three minutes and after each trade: an open loss may be seen so much later.',
  'Leave "Read-Only API" switched on in TWS: nothing here needs orders.',
] as const

/** An API that may only read neither blocks nor closes anything. */
function openInteractiveBrokers(settings: InteractiveBrokersSettings, { take }: Surroundings): Account {
  const link = new TwsLink(settings)
  return {
    async readEquity(signal) {
      await take('read', signal)
      const answer = await link.summary(signal)
      return isFailure(answer) ? answer : readingOfSummary(answer.value, settings.account)
    },
    block: null,
    unblock: null,
    async examine(signal) {
      await take('read', signal)
      const answer = await link.summary(signal)
      if (isFailure(answer)) return answer
      const time = await link.time(signal)
      if (isFailure(time)) return time
      const fields = answer.value.map(
        ({ account, tag, value, currency }) => [`${account} ${tag}`, `${value} ${currency}`.trim()] as const,
      )
      return {
        fields,
        clock: instantOf(time.value),
        rights: { read: true, trade: null, withdraw: false },
        notes: NOTES,
      }
    },
    close: () => link.close(),
  }
}

function instantOf(seconds: number): Instant | null {
  if (!Number.isFinite(seconds)) return null
  const at = parseInstant(new Date(seconds * 1_000).toISOString())
  return at.ok ? at.value : null
}
