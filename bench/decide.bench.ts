/**
 * The cost of one decision compared with parsing its tick: the engine alone, without decoding or encoding, against JSON.parse
 * of the same tick in the same run; the tick has every field. Targets: less than 1 with the two short-form limits, and with ten
 * limits at most 4 times that. `node bench/decide.bench.ts [--json]`
 */
import {
  DEFAULT_LIMITS,
  decodeTick,
  encodeRiskEvent,
  type LimitParameters,
  type RiskEvent,
  type Tick,
} from '@drawbridge/contracts'
import {
  BUILT_IN_CONFIGURATION,
  type Configuration,
  decide,
  evolve,
  INITIAL_STATE,
  resolve,
  type TraderInput,
} from '@drawbridge/risk-engine'
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

/** The two short forms and eight more, of all windows and measured from what moves and what does not. */
const TEN_LIMITS: Configuration = {
  ...BUILT_IN_CONFIGURATION,
  defaults: resolve({ ...DEFAULT_LIMITS, named: eight() }),
}

function eight(): Readonly<Record<string, LimitParameters>> {
  const windows = ['day', 'week', 'month', 'lifetime'] as const
  return Object.fromEntries(
    windows.flatMap((window): [string, LimitParameters][] => [
      [
        `${window}_peak`,
        {
          window,
          reference: { kind: 'peak', of: 'equity', sampled: 'continuous' },
          size: { kind: 'percent', percent: 50_00000000n, of: 'reference' },
        },
      ],
      [
        `${window}_start`,
        { window, reference: { kind: 'start', of: 'equity' }, size: { kind: 'amount', amount: 5_000_00000000n } },
      ],
    ]),
  )
}

/**
 * Decides every tick once, each from the state after the previous one. Each sample starts from the first state, because a tick
 * that was counted before is late.
 */
function decideAll(configuration: Configuration): void {
  let state = INITIAL_STATE
  for (const [index, tick] of ticks.entries()) {
    seq += 1
    const input: TraderInput = { kind: 'tick', seq, time: START + index, tick }
    const decision = decide(TRADER, state, configuration, input)
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
  .add('decide', () => decideAll(BUILT_IN_CONFIGURATION))
  .add('JSON.parse', parseAll)
  .add('decodeTick', decodeAll)
  .add('encodeRiskEvent', encodeAll)
  // Last, as its events are longer.
  .add('decide by ten limits', () => decideAll(TEN_LIMITS))
await bench.run()

/** The median, nanoseconds per tick. */
const nanos = (name: string) => nanosEach(bench, name, TICKS_PER_SAMPLE)
const decideOverJsonParse = nanos('decide') / nanos('JSON.parse')
const tenLimitsOverTwo = nanos('decide by ten limits') / nanos('decide')

if (process.argv.includes('--json')) {
  const result = {
    bench: 'decide',
    ratios: { decideOverJsonParse: roundTo(decideOverJsonParse, 3), tenLimitsOverTwo: roundTo(tenLimitsOverTwo, 2) },
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
  console.log(
    `decide costs ${roundTo(decideOverJsonParse, 3)} of JSON.parse of the same tick, under ten limits ${roundTo(tenLimitsOverTwo, 2)} times as much`,
  )
  console.log(machineLine())
}
