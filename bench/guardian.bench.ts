/**
 * The cost of the guardian beyond its input and output, at catch-up, at a breach, with many traders and at a restart.
 * Everything is real: nats-server, the guardian's own process, file storage; each floor is a process as well.
 * `node bench/guardian.bench.ts --help`
 */
import { type CatchUpRound, IN_FLIGHT, measureCatchUp } from './guardian/measure-catch-up.ts'
import {
  type GrowthRound,
  type LatencyRound,
  measureGrowth,
  measureLatency,
  measureRestart,
  type RestartRound,
  type Sizes,
} from './guardian/measures.ts'
import { optionsOrExit, ROUNDS_MIN } from './options.ts'
import {
  appendResult,
  type Figures,
  headOf,
  loadNow,
  machineLine,
  medianOf,
  surroundings,
  tableOf,
  versionOf,
} from './results.ts'
import { serverVersion } from './server.ts'

const MEASURES = ['catchUp', 'latency', 'growth', 'memory', 'restart'] as const
type Measure = (typeof MEASURES)[number]

const HELP = `npm run bench -- guardian [--only catchUp,latency] [--rounds 5] [--quick] [--json]

Measures one guardian against processes that do only its input and output. Each figure is the median over the
rounds, in which guardian and floor take turns. Takes about 15 minutes; with all measures and at least ${ROUNDS_MIN} rounds it
appends a line to bench/results/guardian.jsonl.

  --only     some of ${MEASURES.join(', ')}
  --rounds   how often, 1 to 50 (${ROUNDS_MIN})
  --quick    small sizes and one round, to see that the bench works
  --json     the result as one line of JSON, last on standard output`

const FULL: Sizes = {
  ticks: 200_000,
  traders: 10_000,
  eventsBetween: 300_000,
  fewTraders: 100,
  manyTraders: 100_000,
  breaches: 1_000,
  ticksPerSecond: 200,
}
const QUICK: Sizes = {
  ...FULL,
  ticks: 20_000,
  traders: 2_000,
  eventsBetween: 20_000,
  manyTraders: 10_000,
  breaches: 200,
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

/** The raw figures of each measure that was taken. */
interface Rounds {
  readonly catchUp?: readonly CatchUpRound[]
  readonly latency?: readonly LatencyRound[]
  readonly growth?: readonly GrowthRound[]
  readonly restart?: readonly RestartRound[]
}

const options = optionsOrExit({
  name: 'guardian',
  help: HELP,
  measures: MEASURES,
  recorded: MEASURES,
  full: FULL,
  quick: QUICK,
  quickMeasures: MEASURES,
})
const { sizes } = options
const loadBefore = loadNow()
const natsServer = await serverVersion()
const wants = (...names: readonly Measure[]) => options.measures.some((measure) => names.includes(measure))
const rounds: Rounds = {
  ...(wants('catchUp') && { catchUp: await measureCatchUp(sizes, options.rounds) }),
  ...(wants('latency') && { latency: await measureLatency(sizes, options.rounds) }),
  ...(wants('growth', 'memory') && { growth: await measureGrowth(sizes, options.rounds) }),
  ...(wants('restart') && { restart: await measureRestart(sizes, options.rounds) }),
}
const figures = figuresOf(rounds)
const medians = Object.entries(figures).map(([name, values]) => [name, medianOf(name, values)] as const)
const result = {
  ...headOf('guardian'),
  ratios: Object.fromEntries(medians.filter(([, value]) => value !== null)),
  rounds,
  settings: {
    rounds: options.rounds,
    ...sizes,
    floorInFlight: IN_FLIGHT,
    storage: 'file',
    syncInterval: '2m (default)',
    replicas: 1,
  },
  ...surroundings({ natsServer, natsClient: versionOf('@nats-io/transport-node') }, loadBefore),
}
console.table(tableOf(figures, TARGETS))
console.log(`nats-server ${natsServer}, file storage, sync_interval 2m (default); ${machineLine()}`)
if (options.isRecorded) console.log(`appended to ${appendResult(result)}`)
if (options.json) console.log(JSON.stringify(result))

function figuresOf({ catchUp = [], latency = [], growth = [], restart = [] }: Rounds): Figures<keyof typeof TARGETS> {
  const moreTraders = sizes.manyTraders - sizes.fewTraders
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
