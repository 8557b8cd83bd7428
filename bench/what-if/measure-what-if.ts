import type { LimitOverrides } from '@drawbridge/contracts'
import {
  BlockReader,
  InputReader,
  type RecordedReading,
  RecordingWriter,
  WhatIf,
} from '@drawbridge/risk-engine/what-if'
import { median, roundTo } from '../figures.ts'

const SPACING_MS = 10_000
const BLOCK = 5_000
const START = Date.UTC(2026, 0, 1)
const NONE = { unrealizedPnl: null, netDeposits: null, currency: null, at: null, seq: null, run: null, faults: null }

const TIGHTER: LimitOverrides = { maxDailyLossPct: 1_00000000n, maxDrawdownPct: 4_00000000n }
const TASKS = ['decode', 'inForce', 'tighter'] as const

/** An account that trades: it falls and rises by some cents, and is bounded so that it ends with what it began. */
function readingAt(index: number, random: number): RecordedReading {
  const slow = Math.sin(index / 40_000) * 4_000 + Math.sin(index / 1_700) * 600
  const cents = Math.round((100_000 + slow + random * 25) * 100)
  const equity = BigInt(cents) * 1_000_000n
  return {
    kind: 'reading',
    time: START + index * SPACING_MS,
    equity,
    balance: equity - 5_000_000n,
    closed: [],
    ...NONE,
  }
}

function recorded(count: number): readonly Uint8Array[] {
  const writer = new RecordingWriter()
  const to = START + count * SPACING_MS
  const bytes = [writer.head({ format: 1, trader: 'bot1', from: START, to, events: count, cut: 'none' })]
  let seed = 12_345
  for (let from = 0; from < count; from += BLOCK) {
    const readings = Array.from({ length: Math.min(BLOCK, count - from) }, (_, index) => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
      return readingAt(from + index, seed / 0x40000000 - 1)
    })
    bytes.push(writer.inputs(readings))
  }
  const blocks = new BlockReader()
  return bytes.flatMap((one) => blocks.push(one)).flatMap((block) => (block.kind === 'inputs' ? [block.body] : []))
}

function decoder(bodies: readonly Uint8Array[]): () => void {
  /** Kept, so that no compiler can omit what was decoded. */
  const kept: RecordedReading[] = []
  return () => {
    for (const body of bodies) {
      const reader = new InputReader(body)
      let at = 0
      for (let input = reader.next(); input !== null; input = reader.next()) {
        if (input.kind === 'reading') kept[at] = input
        at += 1
      }
    }
  }
}

function judgeAll(bodies: readonly Uint8Array[], readings: number, change: LimitOverrides): void {
  const whatIf = new WhatIf('bot1', change, { from: START, to: START + readings * SPACING_MS })
  for (const body of bodies) {
    const reader = new InputReader(body)
    for (let input = reader.next(); input !== null; input = reader.next()) whatIf.take(input)
  }
  if (whatIf.report().events < readings) throw new Error('not every reading was judged')
}

function cpuMs(work: () => void): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}

export interface WhatIfResult {
  /** CPU time of judging over that of decoding. */
  readonly ratios: { readonly judgeOverDecode: number; readonly judgeTighterOverDecode: number }
  /** CPU time of each round, milliseconds. */
  readonly figures: Readonly<Record<(typeof TASKS)[number], readonly number[]>>
  readonly bytesEach: number
}

/** Decodes readings, and judges them by the limits in force and by tighter ones; the first round warms up. */
export function measureWhatIf(readings: number, rounds: number): WhatIfResult {
  const bodies = recorded(readings)
  const decodeAll = decoder(bodies)
  const figures = { decode: [] as number[], inForce: [] as number[], tighter: [] as number[] }
  for (let round = -1; round < rounds; round += 1) {
    const measured = {
      decode: cpuMs(decodeAll),
      inForce: cpuMs(() => judgeAll(bodies, readings, {})),
      tighter: cpuMs(() => judgeAll(bodies, readings, TIGHTER)),
    }
    if (round < 0) continue
    for (const name of TASKS) figures[name].push(measured[name])
  }
  const decode = median(figures.decode)
  const ratios = {
    judgeOverDecode: roundTo(median(figures.inForce) / decode, 2),
    judgeTighterOverDecode: roundTo(median(figures.tighter) / decode, 2),
  }
  return { ratios, figures, bytesEach: roundTo(bodies.reduce((sum, body) => sum + body.length, 0) / readings, 1) }
}
