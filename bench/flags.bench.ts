/**
 * How long a flag that is switched by HTTP takes until every service obeys: nats-server, PostgreSQL and the services'
 * own processes under a light load. `node bench/flags.bench.ts --help`
 */
import { loadavg } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { measureRound, type Took, untilReady } from './flags/measure.ts'
import { HELP, type Options, readOptions } from './flags/options.ts'
import { HELD_EVERY_MS, RATE, startSystem } from './flags/system.ts'
import { gitCommit, machine, machineLine, median, roundTo } from './machine.ts'
import { optionsOrExit } from './options-or-exit.ts'
import { appendResult } from './results-file.ts'
import { ROUNDS_MIN } from './rounds.ts'

/** From the start of the POST, each of the figures. */
const TARGET_MS = 1_000
/** Switches fall everywhere into what services do once a second: each comes so much of a second later than the last. */
const PHASE_STEP = 0.618
const PAUSE_MIN_MS = 200

const options = optionsOrExit('flags', readOptions, HELP)
if (options.help) console.log(HELP)
else await run(options)

async function run({ rounds: count, json }: Options): Promise<void> {
  const before = loadavg()[0] ?? 0
  const system = await startSystem()
  const rounds: Took[] = []
  try {
    await untilReady(system)
    let pauses = 0
    const pause = () => delay(PAUSE_MIN_MS + ((++pauses * PHASE_STEP) % 1) * 1_000)
    // Not counted: the first calls of everything.
    await measureRound(system, pause)
    while (rounds.length < count) {
      const round = await measureRound(system, pause)
      rounds.push(round)
      console.error(`flags ${rounds.length}/${count} ${JSON.stringify(round)}`)
    }
  } finally {
    await system.stop()
  }
  const figures = figuresOf(rounds)
  const worst = Math.max(...Object.values(figures).map(({ most }) => most))
  const result = {
    bench: 'flags',
    date: new Date().toISOString(),
    figuresMs: figures,
    targetMs: TARGET_MS,
    metTarget: worst < TARGET_MS,
    rounds,
    settings: { rounds: count, ...RATE, heldTraderEveryMs: HELD_EVERY_MS, storage: 'file', syncInterval: '2m' },
    versions: { node: process.version, ...system.versions, commit: gitCommit() },
    machine: { ...machine(), load: { before, after: loadavg()[0] ?? 0 } },
  }
  console.table(
    Object.entries(figures).map(([figure, { median: middle, most }]) => ({
      'from the POST until': figure,
      'median, ms': middle,
      'most, ms': most,
    })),
  )
  console.log(`target: each below ${TARGET_MS} ms; ${worst < TARGET_MS ? 'met' : 'missed'}; ${count} rounds`)
  const { natsServer, postgres } = system.versions
  console.log(`nats-server ${natsServer}, file storage; ${postgres}; ${machineLine()}`)
  if (count >= ROUNDS_MIN) console.log(`appended to ${appendResult(result)}`)
  if (json) console.log(JSON.stringify(result))
}

function figuresOf(rounds: readonly Took[]) {
  const names = Object.keys(rounds[0] ?? {})
  return Object.fromEntries(
    names.map((name) => {
      const took = rounds.map((round) => round[name] ?? Number.NaN)
      return [name, { median: roundTo(median(took), 1), most: roundTo(Math.max(...took), 1) }]
    }),
  )
}
