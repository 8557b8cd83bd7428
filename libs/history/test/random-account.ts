import { type Instant, type RiskEvent, subjects, toJsonBytes } from '@drawbridge/contracts'
import { OfflineJudge } from '@drawbridge/risk-engine'
import type { randomOfTest } from '@drawbridge/testing'
import { historyRow } from '../src/core/history-row.ts'
import type { HistoryRow } from '../src/index.ts'

const MINUTE_MS = 60_000
const LIMITS = {
  max_daily_loss: 3,
  max_drawdown: 12,
  stop_trading_minutes: 45,
  warn_at_percent: 70,
  drawdown_ends: 'timer',
  limits: {
    target: {
      measure: 'profit',
      window: 'month',
      reference: { kind: 'start' },
      limit: { percent: 8, of: 'reference' },
      tiers: [{ at_percent: 100, action: 'block-entries' }],
    },
  },
}

type Random = ReturnType<typeof randomOfTest>

/** What the rules make of a random walk with losses, glitches, flows, commands and silence, as rows of the history. */
export function randomAccount(random: Random, trader: string, begins: Instant, ticks: number): readonly HistoryRow[] {
  const judge = new OfflineJudge()
  const rows: HistoryRow[] = []
  let [seq, time, equity] = [0, begins, 10_000]
  const put = (subject: string, payload: object, at: Instant) => {
    seq += 1
    for (const event of judge.judge({ subject, seq, time: at, data: toJsonBytes(payload) }).events) {
      judge.take(event)
      if (isOfTrader(event)) rows.push(historyRow(event, seq, rows.length % 7 === 0 ? 'a'.repeat(32) : null))
    }
  }
  put(subjects.controlLimits, LIMITS, time)
  for (let count = 0; count < ticks; count += 1) {
    const next = time + (random.chance(0.02) ? 400 : random.between(1, 9)) * MINUTE_MS
    wakeUntil(judge, trader, time, next, (at) => put(subjects.control('wake', trader), {}, at))
    time = next
    equity = Math.max(100, Math.round(equity * (1 + (random.next() - 0.497) / 40) * 100) / 100)
    put(subjects.tick(trader), { equity: random.chance(0.01) ? equity * 3 : equity }, time)
    // Many at one instant, with versions of one digit and of two.
    if (count === 3) for (let again = 0; again < 12; again += 1) put(subjects.tick(trader), { equity }, time)
    if (random.chance(0.01)) put(subjects.tick(trader), { equity: 'lost' }, time)
    if (random.chance(0.005)) {
      const amount = random.pick([500, -400])
      put(subjects.command('alice', 'cash-flow', trader), { amount, reason: 'flow' }, time)
      equity += amount
    }
    if (random.chance(0.005)) put(subjects.command('alice', 'pause', trader), { reason: 'lunch' }, time)
    if (random.chance(0.02)) put(subjects.command('alice', 'resume', trader), { reason: 'back' }, time)
    if (random.chance(0.001)) put(subjects.command('alice', 'restart', trader), { reason: 'again' }, time)
  }
  return rows
}

function isOfTrader(event: object): event is RiskEvent {
  return 'trader' in event
}

/** Timers of the guardian, as far as they are due. */
function wakeUntil(judge: OfflineJudge, trader: string, now: Instant, end: Instant, wake: (at: Instant) => void): void {
  let last = now
  for (let woken = 0; woken < 10; woken += 1) {
    const at = judge.wakeAt(trader, last)
    if (at === null || at > end) return
    last = Math.max(at, last)
    wake(last)
  }
}
