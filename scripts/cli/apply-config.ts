import { createInterface } from 'node:readline/promises'
import { type Program, type ProgramContext, printLine, readOptions } from '@drawbridge/service-kit/program'
import { configOf } from '@drawbridge/settings'
import { applied, planJson, planText } from './apply-config/in-words.ts'
import { carryOut, type Plan, planOf } from './apply-config/plan.ts'
import { openControlLog } from './control-log.ts'
import { checkWords, flag, text } from './options.ts'
import { withNats } from './servers.ts'

const HELP = `Puts the limits and flags of the settings (config.json, .env, the environment) in force. The log of events takes precedence
over the settings, so that an edited config.json changes nothing until this is run. It shows the differences, asks, and
sends them as commands, which the log keeps.

  npm run drawbridge -- apply-config [--yes] [--dry-run] [--by who] [--reason why] [--json]

  --yes          do not ask; needed where no terminal is
  --dry-run      show what would change, and when it takes effect, and change nothing
  --by who       on whose behalf; kept in the events as onBehalfOf. The author is the NATS user, or else that of this machine
  --reason why   why; kept there, too (default: "the settings are applied")
  --json         one JSON object: {"done": "now" | "nothing", "changes": [{"setting", "before", "after", "from"}],
                 "waiting": [...]};
                 "from": when it takes effect, null: at once; "waiting": what an earlier change brings by itself
  --help         this text

What loosens limits waits for loosen_after_minutes, as with every other command. Limits of traders that the settings do not
name stay, and so do the limits that an operator gave to a trader itself (PUT /api/traders/<id>/limits), which take precedence.
A guardian must run. Exit codes: 0 done, also if there was nothing to change; 1 failed, or the answer was no; 2 the command line
or the settings are not valid, or --yes is missing.
`

export const applyConfig = applyConfigWithin(10_000)

/** @param decidedWithinMs how long guardians may take to decide what changes */
export function applyConfigWithin(decidedWithinMs: number): Program {
  return { help: HELP, run: (args, context) => run(args, context, decidedWithinMs) }
}

async function run(args: readonly string[], context: ProgramContext, decidedWithinMs: number): Promise<number> {
  const options = { yes: flag, 'dry-run': flag, json: flag, by: text, reason: text }
  const { yes, by, reason, json, 'dry-run': dryRun } = readOptions(args, options).values
  checkWords('--by', by)
  checkWords('--reason', reason)
  const config = configOf(context)
  return withNats(context, async (connection) => {
    const log = await openControlLog(connection, decidedWithinMs)
    const plan = await planOf(log, config)
    const isDone = plan.commands === null || dryRun
    if (!json) printLine(context.stdout, planText(plan))
    if (!isDone && !yes) {
      const refusal = await refusalOf(context)
      if (refusal !== null) return refused(context, plan, json, refusal)
    }
    const after = isDone ? null : await carryOut(log, config, plan, { by, reason })
    if (json) printLine(context.stdout, planJson(plan, isDone ? 'nothing' : 'now'))
    else if (after !== null) printLine(context.stdout, applied(after))
    else if (plan.commands !== null) printLine(context.stdout, 'Nothing was changed.')
    return 0
  })
}

/** Null: the answer is yes. */
async function refusalOf({ stdin, stderr }: ProgramContext): Promise<'no' | 'unasked' | null> {
  if (stdin?.isTTY !== true) return 'unasked'
  const dialogue = createInterface({ input: stdin, output: stderr })
  try {
    const answer = await dialogue.question('Put these in force? [y/N] ')
    return /^y(es)?$/i.test(answer.trim()) ? null : 'no'
  } finally {
    dialogue.close()
  }
}

function refused({ stdout, stderr }: ProgramContext, plan: Plan, json: boolean, refusal: 'no' | 'unasked'): number {
  if (json) printLine(stdout, planJson(plan, 'nothing'))
  printLine(stderr, refusal === 'no' ? 'Nothing was changed.' : 'Nothing was changed: add --yes to put these in force.')
  return refusal === 'no' ? 1 : 2
}
