/**
 * The cost of judging a million recorded readings again, over the bare cost of decoding them: the worker's own code, without
 * the transfer. CPU time of the thread, as the machine may be busy with other things. Target: at most 3.
 * `npm run bench -- what-if [--json] [--quick]`
 */
import { median, roundTo } from './figures.ts'
import { optionsOrExit } from './options.ts'
import { machine, machineLine } from './results.ts'
import { measureWhatIf } from './what-if/measure-what-if.ts'

const HELP = `npm run bench -- what-if [--json] [--quick] [--rounds N]

Decodes a million readings, and judges them by the limits in force and by tighter ones.`

const { json, rounds, sizes } = optionsOrExit<'judge', { readonly readings: number }>({
  name: 'what-if',
  help: HELP,
  measures: ['judge'],
  recorded: ['judge'],
  full: { readings: 1_000_000 },
  quick: { readings: 50_000 },
  quickMeasures: ['judge'],
})

const { ratios, figures, bytesEach } = measureWhatIf(sizes.readings, rounds)
const decode = median(figures.decode)
const nanos = (ms: number) => Math.round((ms * 1e6) / sizes.readings)

if (json) {
  const each = {
    decode: nanos(decode),
    inForce: nanos(median(figures.inForce)),
    tighter: nanos(median(figures.tighter)),
  }
  console.log(
    JSON.stringify({ bench: 'what-if', readings: sizes.readings, ratios, nanos: each, bytesEach, ...machine() }),
  )
} else {
  console.table(
    Object.entries(figures).map(([task, ms]) => ({
      task,
      'ns each': nanos(median(ms)),
      'of decode': roundTo(median(ms) / decode, 2),
      least: roundTo(Math.min(...ms) / decode, 2),
      most: roundTo(Math.max(...ms) / decode, 2),
    })),
  )
  console.log(`${sizes.readings} readings of ${bytesEach} bytes; CPU time. ${machineLine()}`)
}
