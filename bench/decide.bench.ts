/**
 * The cost of one decision compared with parsing its tick: the engine alone, without decoding or encoding, against JSON.parse
 * of the same full-form tick, in the same run. `node bench/decide.bench.ts [--json]`
 */
import { decodeTick, encodeRiskEvent, type RiskEvent, type Tick } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, decide, evolve, INITIAL_STATE, type TraderInput } from '@drawbridge/risk-engine'
import { Bench } from 'tinybench'
import { nanosEach, roundTo } from './figures.ts'
import { machine, machineLine } from './results.ts'

const TRADER = 'bot1'
/** Ticks per sample: long compared with the timer, and enough different ticks that no result can be reused. */
const TICKS_PER_SAMPLE = 1_000
const START = Date.UTC(2026, 2, 12, 9)

/** A full-form tick that breaches no limit. */
function tickText(index: number): string {
  const equity = 10_000 + ((index * 37) % 500) + 0.25
  return JSON.stringify({
    equity,
    balance: 10_000.5,
    unrealizedPnl: equity - 10_000.5,
    at: new Date(START + index).toISOString(),
    seq: index,
  })
}

function readTick(text: string): Tick {
  const tick = decodeTick(new TextEncoder().encode(text))
  if (!tick.ok) throw new Error(tick.reason)
  return tick.value
}

const texts = Array.from({ length: TICKS_PER_SAMPLE }, (_, index) => tickText(index))
const ticks = texts.map(readTick)

const bytes = texts.map((text) => new TextEncoder().encode(text))

// The results of a sample are kept until the next one, so that no compiler can omit any.
const events: RiskEvent[] = []
const kept: unknown[] = []

let seq = 0

/** Decides every tick once, each from the state after the previous one. Each sample starts from the first state, because a tick that was counted before is late. */
function decideAll(): void {
  let state = INITIAL_STATE
  for (const [index, tick] of ticks.entries()) {
    seq += 1
    const input: TraderInput = { kind: 'tick', seq, time: START + index, tick }
    const decision = decide(TRADER, state, BUILT_IN_CONFIGURATION, input)
    if (decision.kind !== 'event' || decision.event.type !== 'assessed') throw new Error('not an ordinary decision')
    state = evolve(state, decision.event)
    events[index] = decision.event
  }
}

function parseAll(): void {
  for (const [index, text] of texts.entries()) kept[index] = JSON.parse(text)
}

function decodeAll(): void {
  for (const [index, tick] of bytes.entries()) kept[index] = decodeTick(tick)
}

function encodeAll(): void {
  for (const [index, event] of events.entries()) kept[index] = encodeRiskEvent(event)
}

const bench = new Bench({ time: 1_500, warmupTime: 500 })
bench
  .add('decide', decideAll)
  .add('JSON.parse', parseAll)
  .add('decodeTick', decodeAll)
  .add('encodeRiskEvent', encodeAll)
await bench.run()

/** The median, nanoseconds per tick. */
const nanos = (name: string) => nanosEach(bench, name, TICKS_PER_SAMPLE)
const decideOverJsonParse = nanos('decide') / nanos('JSON.parse')

if (process.argv.includes('--json')) {
  const result = {
    bench: 'decide',
    ratios: { decideOverJsonParse: roundTo(decideOverJsonParse, 3) },
    nanos: Object.fromEntries(bench.tasks.map((task) => [task.name, Math.round(nanos(task.name))])),
    ...machine(),
    versions: { node: process.version, v8: process.versions.v8 },
  }
  console.log(JSON.stringify(result))
} else {
  console.table(
    bench.tasks.map((task) => ({
      task: task.name,
      'ns each': Math.round(nanos(task.name)),
      'of JSON.parse': roundTo(nanos(task.name) / nanos('JSON.parse'), 3),
    })),
  )
  console.log(`decide costs ${roundTo(decideOverJsonParse, 3)} of JSON.parse of the same tick`)
  console.log(machineLine())
}
