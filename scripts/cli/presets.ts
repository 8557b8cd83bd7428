import { type Amount, formatAmount, parseAmount } from '@drawbridge/contracts'
import { alignedRows, type Program, printLine, readOptions, UsageError } from '@drawbridge/service-kit/program'
import { PRESETS, type Preset, presetNamed } from '@drawbridge/settings'
import { flag, text } from './options.ts'
import { linesOf } from './presets/floors.ts'
import { presetForPrograms, presetInWords } from './presets/preset-in-words.ts'

const HELP = `The loss limits of trading firms, as presets for config.json: "traders": {"bot1": {"preset": "topstep-50k"}}.

  npm run drawbridge -- presets                       lists them
  npm run drawbridge -- presets topstep-50k [--json]  one in words, its floors for an example balance, and its long form

  --balance amount   what the account begins with; default: the example balance of the preset. A preset of amounts is for
                     one size of account, and takes no other
  --json             one JSON object: {"presets": [...]}, or the preset with its lines
  --help             this text

Needs neither NATS nor the database. Firms change their rules; the firm's own count holds. Exit codes: 0 done; 1 failed; 2 the
command line is not valid.
`

export const presets: Program = {
  help: HELP,
  async run(args, { stdout }) {
    const { values, positionals } = readOptions(args, { balance: text, json: flag }, 1)
    const [name] = positionals
    if (name === undefined) {
      const all = PRESETS.names.map(read)
      printLine(stdout, values.json ? JSON.stringify({ presets: all.map(inShort) }) : listOf(all))
      return 0
    }
    const preset = read(name)
    const balance = balanceOf(preset, values.balance)
    const shown = [preset, formatAmount(balance), linesOf(preset.limits, balance)] as const
    printLine(stdout, values.json ? JSON.stringify(presetForPrograms(...shown)) : presetInWords(...shown))
    return 0
  },
}

/** @throws {UsageError} if there is none of that name */
function read(name: string): Preset {
  const preset = presetNamed(PRESETS, name)
  if (preset.ok) return preset.value
  throw new UsageError(preset.reason)
}

function inShort({ name, title, about, exampleBalance }: Preset): object {
  return { name, title, about, exampleBalance }
}

function listOf(all: readonly Preset[]): string {
  const rows = all.map(({ name, title }) => [name, title])
  return [
    ...alignedRows([['preset', 'firm and account'], ...rows]),
    '',
    'npm run drawbridge -- presets <name>   describes one',
  ].join('\n')
}

/** @throws {UsageError} if it is no amount above 0, or the preset is for another size of account */
function balanceOf({ name, limits, exampleBalance }: Preset, given: string | undefined): Amount {
  const read = parseAmount(given ?? exampleBalance)
  if (!read.ok) throw new UsageError(`--balance ${read.reason}`)
  if (read.value <= 0n) throw new UsageError(`--balance must be above 0, got ${given}`)
  const own = limits.initialBalance ?? null
  if (own === null || own === read.value) return read.value
  throw new UsageError(`preset "${name}" is for an account of ${formatAmount(own)}: its limits are amounts`)
}
