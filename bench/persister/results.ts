import { readFileSync } from 'node:fs'
import { gitCommit, machine, median, roundTo } from '../machine.ts'
import { OUTAGE_KINDS, type OutageKind } from './databases.ts'
import type { IngestRound } from './measure-ingest.ts'
import type { OutageRound } from './measure-outage.ts'
import type { Queryable } from './measure-queryable.ts'
import type { RebuildRound } from './measure-rebuild.ts'
import type { Options } from './options.ts'

/** The raw figures of each measure that was taken. */
export interface Rounds {
  readonly ingestTimescale?: readonly IngestRound[]
  readonly ingestPostgres?: readonly IngestRound[]
  /** With few traders: the snapshot takes next to nothing. */
  readonly ingestTimescaleFew?: readonly IngestRound[]
  readonly ingestPostgresFew?: readonly IngestRound[]
  readonly rebuild?: readonly RebuildRound[]
  readonly outage?: readonly OutageRound[]
  readonly queryable?: Queryable
  /** Mebibytes. */
  readonly memoryMostMb?: number
}

/** The target of each ratio; null: only reported. */
const TARGETS = {
  ingestTimescale: 'at least 0.75',
  ingestPostgres: 'at least 0.75',
  rebuild: 'at least 0.6',
  outageLatencyP50: 'at most 1.2',
  outageStopped: 'at most 1.2',
  outageReadOnly: 'at most 1.2',
  outageCutOff: 'at most 1.2',
  ingestTimescaleFew: null,
  ingestPostgresFew: null,
} as const
type Ratio = keyof typeof TARGETS
/** The ratios with targets; for outages the worst. */
const WANTED: readonly Ratio[] = ['ingestTimescale', 'ingestPostgres', 'rebuild', 'outageLatencyP50']

const DECIMALS = 3

function ratiosOf(rounds: Rounds): Readonly<Record<Ratio, readonly number[]>> {
  const ingest = (of: readonly IngestRound[] = []) =>
    of.map(({ persister, floor }) => persister.perSecond / floor.perSecond)
  const outage = (of: OutageKind) =>
    (rounds.outage ?? []).filter(({ kind }) => kind === of).map(({ upP50Ms, downP50Ms }) => downP50Ms / upP50Ms)
  const outages = OUTAGE_KINDS.map(outage)
  const [outageStopped = [], outageReadOnly = [], outageCutOff = []] = outages
  return {
    ingestTimescale: ingest(rounds.ingestTimescale),
    ingestPostgres: ingest(rounds.ingestPostgres),
    rebuild: (rounds.rebuild ?? []).map(({ rebuildPerSecond, floorPerSecond }) => rebuildPerSecond / floorPerSecond),
    outageLatencyP50: outages.reduce((worst, one) => (median(one) > median(worst) ? one : worst)),
    outageStopped,
    outageReadOnly,
    outageCutOff,
    ingestTimescaleFew: ingest(rounds.ingestTimescaleFew),
    ingestPostgresFew: ingest(rounds.ingestPostgresFew),
  }
}

/** The measured versions. */
export interface Surroundings {
  readonly natsServer: string
  /** Null: not available. */
  readonly postgres: string | null
  readonly timescale: string | null
  readonly load: LoadAverages
}

/** Over one minute, of all programs on the machine: others disturb. */
export interface LoadAverages {
  readonly before: number
  readonly after: number
}

/** As one line of JSON; a ratio that was not measured is null. */
export function resultOf(rounds: Rounds, options: Options, surroundings: Surroundings) {
  const perRound = ratiosOf(rounds)
  const { natsServer, postgres, timescale, load } = surroundings
  const medianOf = (ratio: Ratio) => (perRound[ratio].length === 0 ? null : roundTo(median(perRound[ratio]), DECIMALS))
  const named = (ratios: readonly Ratio[]) => Object.fromEntries(ratios.map((ratio) => [ratio, medianOf(ratio)]))
  return {
    bench: 'persister',
    date: new Date().toISOString(),
    ratios: named(WANTED),
    figures: {
      ...named(['outageStopped', 'outageReadOnly', 'outageCutOff', 'ingestTimescaleFew', 'ingestPostgresFew']),
      queryableP50Ms: rounds.queryable?.p50Ms ?? null,
      queryableP99Ms: rounds.queryable?.p99Ms ?? null,
      memoryMostMb: rounds.memoryMostMb ?? null,
    },
    rounds,
    settings: {
      rounds: options.rounds,
      ...options.sizes,
      connections: 1,
      database: 'default settings',
      storage: 'file',
      syncInterval: '2m (default)',
      replicas: 1,
    },
    versions: {
      node: process.version,
      natsServer,
      natsClient: versionOf('@nats-io/transport-node'),
      pg: versionOf('pg'),
      postgres,
      timescale,
      commit: gitCommit(),
    },
    machine: { ...machine(), load },
  }
}

/** The ratios for people, with the spread of the rounds. */
export function tableOf(rounds: Rounds): object[] {
  return (Object.entries(ratiosOf(rounds)) as [Ratio, readonly number[]][])
    .filter(([, values]) => values.length > 0)
    .map(([figure, values]) => {
      const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => roundTo(value, DECIMALS))
      return { figure, median: roundTo(median(values), DECIMALS), least, most, target: TARGETS[figure] ?? '-' }
    })
}

/** The figures that are not ratios, in words. */
export function linesOf({ queryable, memoryMostMb }: Rounds): readonly string[] {
  const lines = []
  if (queryable !== undefined) {
    lines.push(
      `queryableP99Ms ${queryable.p99Ms} (p50 ${queryable.p50Ms}, most ${queryable.maxMs}; wanted: below 250), 10 events/s`,
    )
  }
  if (memoryMostMb !== undefined) lines.push(`memoryMostMb ${memoryMostMb} (wanted: below 256)`)
  return lines
}

function versionOf(name: string): string {
  const text = readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
