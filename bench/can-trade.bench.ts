/**
 * The cost of asking a gate before an order, and whether it allocates.
 * `node bench/can-trade.bench.ts [--json]`
 */
import { PerformanceObserver } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Gate } from '@drawbridge/client'
import { TraderLog } from '@drawbridge/testing/trader-log'
import { Bench } from 'tinybench'
import { nanosEach, roundTo } from './figures.ts'
import { machine, machineLine } from './results.ts'

/** Calls per sample: long compared with the timer. */
const CALLS_PER_SAMPLE = 10_000
const CALLS_WATCHED = 10_000_000
/** A lease longer than the bench. */
const LEASE_MS = 3_600_000

function gateAfter(equities: readonly number[]): Gate {
  const gate = new Gate('bot1', LEASE_MS)
  const decided = new TraderLog('bot1')
  for (const equity of equities) gate.apply(decided.tick(equity))
  gate.caughtUp()
  gate.heartbeat(performance.now())
  return gate
}

const open = gateAfter([1_000, 1_010])
const paused = gateAfter([1_000, 500])
if (!open.canTrade().allowed || paused.canTrade().allowed) throw new Error('the gates are not in the expected state')

/** The number of allowed calls: checked at the end, so that no compiler can omit a call. */
let allowed = 0

function askOpen(calls: number): void {
  for (let call = 0; call < calls; call += 1) if (open.canTrade().allowed) allowed += 1
}

function askPaused(calls: number): void {
  for (let call = 0; call < calls; call += 1) if (paused.canTrade().allowed) allowed += 1
}

function askReduce(calls: number): void {
  for (let call = 0; call < calls; call += 1) if (paused.canTrade('reduce').allowed) allowed += 1
}

const tasks = { canTradeAllowed: askOpen, canTradePaused: askPaused, canTradeReduce: askReduce }

const bench = new Bench({ time: 1_000, warmupTime: 500 })
for (const [name, ask] of Object.entries(tasks)) bench.add(name, () => ask(CALLS_PER_SAMPLE))
await bench.run()
if (allowed === 0) throw new Error('no call was allowed')

/** The heap growth of {@link CALLS_WATCHED} calls, and the number of collections meanwhile. */
async function watchHeap(ask: (calls: number) => void): Promise<{ bytes: number; collections: number }> {
  let collections = 0
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length
  })
  observer.observe({ entryTypes: ['gc'] })
  const before = process.memoryUsage().heapUsed
  ask(CALLS_WATCHED)
  const bytes = process.memoryUsage().heapUsed - before
  await nextTurn()
  observer.disconnect()
  return { bytes, collections }
}

const nanoseconds = Object.fromEntries(
  Object.keys(tasks).map((name) => [name, roundTo(nanosEach(bench, name, CALLS_PER_SAMPLE), 1)]),
)

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ bench: 'canTrade', nanoseconds, node: process.version, cpu: machine().cpu }))
} else {
  const rows = []
  for (const [call, ask] of Object.entries(tasks)) {
    const { bytes, collections } = await watchHeap(ask)
    const bytesEach = roundTo(bytes / CALLS_WATCHED, 3)
    rows.push({ call, 'ns each': nanoseconds[call], 'bytes each': bytesEach, collections })
  }
  console.table(rows)
  console.log(machineLine())
}
