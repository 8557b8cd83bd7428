import { type Program, type ProgramContext, printLine, readOptions } from '@drawbridge/service-kit/program'
import { progressOn } from './progress.ts'
import { readInteger } from './read-integer.ts'
import { withClient, withNats } from './servers.ts'
import type { DecisionCounts } from './verify/check-decisions.ts'
import { type Finding, lineOf } from './verify/finding.ts'
import { type Verified, verify as verifyAll } from './verify/verify.ts'

const HELP = `Compares the log (RISK) with the history, the history of configurations and the snapshot: trader by trader, version by
version, every column but updated_at. Then judges the inputs that INPUTS still holds again, and compares what comes of them
with the log.

  npm run drawbridge -- verify [--wait seconds] [--tables-only] [--json]

  --wait seconds   how long persisters may take to store what the log holds at the start (default 10); what is not there
                   then is missing
  --tables-only    judge nothing
  --json           each finding as a JSON object on a line of its own, and as the last line what was compared:
                   {"sound": true, "findings": 0, ...}
  --help           this text

Names every difference:

  missing, extra      the log has it and the table has not; the table has it and the log has not
  different           both have it, and these columns say something else
  behind, ahead       the snapshot is at an earlier, or a later, event than the last one of the log
  unreadable          an event of the log that no table can hold
  disordered          an event of the log whose version does not follow that of the one before it
  decided-otherwise   an event that the rules would not have made, or not so
  undecided           an input of which the rules make an event, and the log has none

Events of other versions of the rules, and those whose inputs have left INPUTS, are counted and taken as they are. Nothing is
written. Persisters and guardians may go on: later events than the last one at the start are not looked at. Needs NATS and
the database. Exit codes: 0 there are no differences; 1 there are, or it failed; 2 the command line or the settings are not
valid. \`npm run drawbridge -- rebuild\` repairs the tables; the log is never rewritten.
`

const WAIT_MAX_SECONDS = 3_600

export const verify: Program = { help: HELP, run }

async function run(args: readonly string[], context: ProgramContext): Promise<number> {
  const { values } = readOptions(args, {
    wait: { type: 'string', default: '10' },
    'tables-only': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  })
  const { json } = values
  const { stdout, stderr } = context
  const waitMs = 1_000 * readInteger('--wait', values.wait, 0, WAIT_MAX_SECONDS)
  const onFinding = (finding: Finding) => printLine(stdout, json ? JSON.stringify(finding) : lineOf(finding))
  const verified = await withNats(context, (connection) =>
    withClient(context, async (client) => {
      await client.query('SET default_transaction_read_only = on')
      const progress = progressOn(stderr)('comparing')
      try {
        const decisions = !values['tables-only']
        return await verifyAll({ connection, client, waitMs, decisions, onFinding, onProgress: progress.to })
      } finally {
        progress.stop()
      }
    }),
  )
  printLine(stdout, json ? JSON.stringify(verified) : wordsOf(verified))
  return verified.sound ? 0 : 1
}

function wordsOf(verified: Verified): string {
  const { sound, findings, end, storedUpTo, events, traders, configurations, dropped, decisions } = verified
  const compared = `${events} events of ${traders} traders and ${configurations} configurations, up to RISK ${end}`
  const lines = [sound ? `No differences: ${compared}.` : `${findings} differences: ${compared}.`]
  if (decisions !== null) lines.push(wordsOfDecisions(decisions))
  if (dropped > 0) lines.push(`${dropped} events are older than what the history keeps.`)
  if (storedUpTo < end) lines.push(`Persisters had stored everything up to RISK ${storedUpTo}: see that one runs.`)
  return lines.join('\n')
}

function wordsOfDecisions(decisions: DecisionCounts | string): string {
  if (typeof decisions === 'string') return `Nothing was judged again: ${decisions}.`
  const { rulesVersion, judged, otherRules, withoutInput } = decisions
  const others = [
    ...(otherRules > 0 ? [`${otherRules} are of other rules`] : []),
    ...(withoutInput > 0 ? [`${withoutInput} of inputs that are not there any more`] : []),
  ]
  return `${[`${judged} events were judged again by rules ${rulesVersion}`, ...others].join('; ')}.`
}
