import { readFileSync } from 'node:fs'
import { gitCommit, machine, median, roundTo } from '../machine.ts'
import { type CatchUpRound, FLOOR_IN_FLIGHT } from './measure-catch-up.ts'
import type { GrowthRound } from './measure-growth.ts'
import type { LatencyRound } from './measure-latency.ts'
import type { RestartRound } from './measure-restart.ts'
import type { Options } from './options.ts'

/** The raw figures of each measure that was taken. */
export interface Rounds {
  readonly catchUp?: readonly CatchUpRound[]
  readonly latency?: readonly LatencyRound[]
  readonly growth?: readonly GrowthRound[]
  readonly restart?: readonly RestartRound[]
}

/** The target of each figure; null: only reported. */
const TARGETS = {
  catchUp: 'at least 0.8',
  catchUpOverBytes: null,
  catchUpCold: 'at least 0.8',
  latencyP50: 'at most 1.2',
  latencyP99: null,
  growth: 'at least 0.75',
  memoryPerTraderBytes: 'at most 2048',
  restart: 'at most 1.5',
} as const
export type Figure = keyof typeof TARGETS

/** One for each round. */
export function figures(rounds: Rounds, options: Options): Readonly<Record<Figure, readonly number[]>> {
  const { catchUp = [], latency = [], growth = [], restart = [] } = rounds
  const moreTraders = options.sizes.manyTraders - options.sizes.fewTraders
  return {
    catchUp: catchUp.map(({ guardian, floor }) => guardian.perSecond / floor.perSecond),
    catchUpOverBytes: catchUp.map(({ guardian, floorOfBytes }) => guardian.perSecond / floorOfBytes.perSecond),
    catchUpCold: catchUp.map(({ guardianCold, floorCold }) => guardianCold.perSecond / floorCold.perSecond),
    latencyP50: latency.map(({ guardian, floor }) => guardian.p50Ms / floor.p50Ms),
    latencyP99: latency.map(({ guardian, floor }) => guardian.p99Ms / floor.p99Ms),
    growth: growth.map(({ few, many }) => many.perSecond / few.perSecond),
    memoryPerTraderBytes: growth.map(({ few, many }) => (many.heapBytes - few.heapBytes) / moreTraders),
    restart: restart.map(({ guardianSeconds, floorSeconds }) => guardianSeconds / floorSeconds),
  }
}

export function resultOf(rounds: Rounds, options: Options, natsServer: string, load: LoadAverages) {
  const perRound = figures(rounds, options)
  const ratios: Partial<Record<Figure, number>> = {}
  for (const [name, values] of entries(perRound)) {
    if (values.length > 0) ratios[name] = roundTo(median(values), name === 'memoryPerTraderBytes' ? 0 : 3)
  }
  return {
    bench: 'guardian',
    date: new Date().toISOString(),
    ratios,
    rounds,
    settings: {
      rounds: options.rounds,
      ...options.sizes,
      floorInFlight: FLOOR_IN_FLIGHT,
      storage: 'file',
      syncInterval: '2m (default)',
      replicas: 1,
    },
    versions: { node: process.version, natsServer, natsClient: clientVersion(), commit: gitCommit() },
    machine: { ...machine(), load },
  }
}

/** Over one minute, of all programs on the machine, since others disturb. */
export interface LoadAverages {
  readonly before: number
  readonly after: number
}

/** The figures for people, with the spread of the rounds. */
export function tableOf(rounds: Rounds, options: Options): object[] {
  const rows = []
  for (const [figure, values] of entries(figures(rounds, options))) {
    if (values.length === 0) continue
    const decimals = figure === 'memoryPerTraderBytes' ? 0 : 3
    const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => roundTo(value, decimals))
    rows.push({ figure, median: roundTo(median(values), decimals), least, most, target: TARGETS[figure] ?? '-' })
  }
  return rows
}

function clientVersion(): string {
  const text = readFileSync(new URL('../../node_modules/@nats-io/transport-node/package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

function entries(values: Readonly<Record<Figure, readonly number[]>>): [Figure, readonly number[]][] {
  return Object.entries(values) as [Figure, readonly number[]][]
}
