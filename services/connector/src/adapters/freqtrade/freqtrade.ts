import { isFailure } from '../../core/failure.ts'
import type { Account, Adapter, BlockRequest, FlattenAnswer, Surroundings } from '../../port.ts'
import { Blacklist } from './blacklist.ts'
import { equityOf } from './equity.ts'
import { examineFreqtrade } from './examine.ts'
import { FreqtradeApi } from './freqtrade-api.ts'
import { Locks } from './locks.ts'
import { balanceIn, openTradesIn } from './read-shapes.ts'
import { FreqtradeSchema, type FreqtradeSettings, LOCK_HOURS } from './settings.ts'

const METHOD_NOT_ALLOWED = 405
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
/** Each call replaces the exit orders that wait, so they get this time to be filled. */
const EXIT_AGAIN_AFTER_MS = 60_000

export const freqtrade: Adapter<typeof FreqtradeSchema> = {
  name: 'freqtrade',
  about: 'A running freqtrade, by its REST API: no code in the strategy.',
  settings: FreqtradeSchema,
  secrets: { password: { about: 'the password of api_server in its configuration', required: true } },
  everySeconds: 10,
  // What stops, starts or closes: 5 a minute. Reading has no limit of its own, and its prices come from a cache.
  limits: () => ({ read: { calls: 120, perMs: MINUTE_MS }, control: { calls: 5, perMs: MINUTE_MS } }),
  callsPerReading: () => 3,
  open: openFreqtrade,
}

function openFreqtrade(settings: FreqtradeSettings, surroundings: Surroundings): Account {
  const { marker, now } = surroundings
  const api = new FreqtradeApi(settings, surroundings)
  const locks = new Locks(api, marker, (settings.lock_hours ?? LOCK_HOURS) * HOUR_MS)
  const blacklist = new Blacklist(api, marker)
  let exitedAt = Number.NEGATIVE_INFINITY
  return {
    async readEquity(signal) {
      const before = await api.get('/status', openTradesIn, signal)
      if (isFailure(before)) return before
      const balance = await api.get('/balance', balanceIn, signal)
      if (isFailure(balance)) return balance
      const after = await api.get('/status', openTradesIn, signal)
      if (isFailure(after)) return after
      const asked = { before: before.value, balance: balance.value, after: after.value }
      return equityOf(asked, settings.equity_of ?? 'account', settings.ignore)
    },
    async block(request: BlockRequest, signal) {
      const answer = await locks.block(request, now(), signal)
      // Older versions list locks, and set none.
      return isFailure(answer) && answer.status === METHOD_NOT_ALLOWED ? blacklist.block(signal) : answer
    },
    async unblock(signal) {
      const unlocked = await locks.unblock(signal)
      if (isFailure(unlocked)) return unlocked
      // It may have been updated since it was blocked in the older way.
      const listed = await blacklist.unblock(signal)
      return isFailure(listed) ? listed : { kind: 'unblocked', changed: unlocked.changed || listed.changed }
    },
    async flatten(signal): Promise<FlattenAnswer> {
      const trades = await api.get('/status', openTradesIn, signal, 'act')
      if (isFailure(trades)) return trades
      const open = trades.value.length
      if (open === 0) return { kind: 'flat' }
      if (now() - exitedAt < EXIT_AGAIN_AFTER_MS) return { kind: 'closing', open }
      const body = { tradeid: 'all' }
      const answer = await api.call('POST', '/forceexit', signal, { kind: 'control', body })
      if (isFailure(answer)) return answer
      exitedAt = now()
      return { kind: 'closing', open }
    },
    examine: (signal) => examineFreqtrade(api, signal),
  }
}
