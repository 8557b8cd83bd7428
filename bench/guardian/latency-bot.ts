/**
 * The bot of a latency round, the same for guardian and floor: fresh traders, each with a regular gate. A first tick opens
 * each gate; then each trader in turn reports a loss that breaches its limit, and its gate closes.
 * `latency-bot.ts <traders> <ticks per second>`
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Gate, GateFollower } from '@drawbridge/client'
import { type RiskEvent, subjects, type TraderId, toJsonBytes } from '@drawbridge/contracts'
import { createLogger } from '@drawbridge/service-kit'
import { connect } from '@nats-io/transport-node'
import { publishAll, traderName } from '../publishes.ts'

const [count, perSecond] = process.argv.slice(2).map(Number)
const LEASE_MS = 60_000
const WITHIN_MS = 30_000

/** Records when it closes, in the same process as the tick, so that one clock is enough. */
class TimedGate extends Gate {
  reportedAt = 0
  closedAt = 0

  override apply(event: RiskEvent): void {
    super.apply(event)
    if (this.reportedAt > 0 && !this.canTrade().allowed) this.closedAt = performance.now()
  }
}

const gates = new Map<TraderId, TimedGate>()
for (let index = 0; index < (count ?? 0); index += 1) {
  gates.set(traderName(index), new TimedGate(traderName(index), LEASE_MS))
}

const connection = await connect({ servers: process.env.NATS_URL ?? '', noAsyncTraces: true })
const log = createLogger('bot', 'warn')
const onFailed = (error: Error) => {
  throw error
}
const follower = new GateFollower({ connection, gates, leaseMs: LEASE_MS, log, onFailed })
await follower.start()

const first = [...gates.keys()].map((trader) => ({
  subject: subjects.tick(trader),
  payload: toJsonBytes({ equity: 1_000 }),
}))
await publishAll(connection, first, 500)
await until('all gates are open', () => [...gates.values()].every((gate) => gate.canTrade().allowed))

const loss = toJsonBytes({ equity: 500 })
const startedAt = performance.now()
for (const [index, gate] of [...gates.values()].entries()) {
  const due = startedAt + (index * 1_000) / (perSecond ?? 1)
  const waitMs = due - performance.now()
  if (waitMs > 0) await delay(waitMs)
  gate.reportedAt = performance.now()
  connection.publish(subjects.tick(gate.trader), loss)
}
await until('all gates are closed', () => [...gates.values()].every((gate) => gate.closedAt > 0))
const latencies = [...gates.values()].map((gate) => gate.closedAt - gate.reportedAt)
console.log(JSON.stringify({ msg: 'measured', latencies }))

async function until(what: string, isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + WITHIN_MS
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`not within ${WITHIN_MS / 1_000} s: ${what}`)
    await delay(50)
  }
}
