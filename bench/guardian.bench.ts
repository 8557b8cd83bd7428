/**
 * The cost of the guardian beyond its input and output, at catch-up, at a breach, with many traders and at a restart.
 * Everything is real: nats-server, the guardian's own process, file storage; each floor is a process as well.
 * `node bench/guardian.bench.ts --help`
 */
import { loadavg } from 'node:os'
import { measureCatchUp } from './guardian/measure-catch-up.ts'
import { measureGrowth } from './guardian/measure-growth.ts'
import { measureLatency } from './guardian/measure-latency.ts'
import { measureRestart } from './guardian/measure-restart.ts'
import { HELP, MEASURES, type Measure, type Options, readOptions } from './guardian/options.ts'
import { type Rounds, resultOf, tableOf } from './guardian/results.ts'
import { startServer } from './guardian/server.ts'
import { machineLine } from './machine.ts'
import { optionsOrExit } from './options-or-exit.ts'
import { appendResult } from './results-file.ts'
import { ROUNDS_MIN } from './rounds.ts'

const options = optionsOrExit('guardian', readOptions, HELP)
if (options.help) console.log(HELP)
else await run(options)

async function run({ measures, rounds: count, sizes, quick, json }: Options): Promise<void> {
  const before = loadavg()[0] ?? 0
  const natsServer = await versionOfServer()
  const wants = (...names: readonly Measure[]) => measures.some((measure) => names.includes(measure))
  const rounds: Rounds = {
    ...(wants('catchUp') && { catchUp: await measureCatchUp(sizes, count, say('catchUp')) }),
    ...(wants('latency') && { latency: await measureLatency(sizes, count, say('latency')) }),
    ...(wants('growth', 'memory') && { growth: await measureGrowth(sizes, count, say('growth')) }),
    ...(wants('restart') && { restart: await measureRestart(sizes, count, say('restart')) }),
  }
  const result = resultOf(rounds, options, natsServer, { before, after: loadavg()[0] ?? 0 })
  console.table(tableOf(rounds, options))
  console.log(`nats-server ${natsServer}, file storage, sync_interval 2m (default); ${machineLine()}`)
  const isWhole = MEASURES.every((measure) => measures.includes(measure))
  if (isWhole && !quick && count >= ROUNDS_MIN) console.log(`appended to ${appendResult(result)}`)
  if (json) console.log(JSON.stringify(result))
}

/** Prints a line per round on standard error. */
function say(measure: Measure): (round: object) => void {
  let round = 0
  return (figures) => {
    round += 1
    console.error(`${measure} ${round}/${options.rounds} ${JSON.stringify(figures)}`)
  }
}

async function versionOfServer(): Promise<string> {
  const server = await startServer()
  await server.stop()
  return server.version
}
