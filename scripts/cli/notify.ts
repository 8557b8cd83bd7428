import { silenceInWords } from '@drawbridge/contracts'
import {
  alignedRows,
  type Program,
  type ProgramContext,
  printLine,
  readOptions,
  UsageError,
} from '@drawbridge/service-kit/program'
import { CONSOLE_HELP, CONSOLE_OPTIONS } from './console-api/address.ts'
import { ConsoleApi } from './console-api/client.ts'
import { flag, text } from './options.ts'

const HELP = `Who is told of broken limits: the channels of config.json with their health, the alerts that go on, and the silences in force.

  npm run drawbridge -- notify
  npm run drawbridge -- notify --test <channel>
  npm run drawbridge -- notify --acknowledge <trader>

  --test channel        sends a test message, and says what became of it
  --acknowledge trader  ends repetitions and escalation of the trader's alerts; it resumes nothing. ":system" for faults
  --json                the console's answer, one JSON object
${CONSOLE_HELP}
  --help                this text

Exit codes: 0 done; 1 failed, also if no notifier works or a channel takes no messages; 2 the command line or the settings
are not valid.
`

const NOBODY = `Nobody is told anything: config.json has no channel, or npm run provision was not run since.
Add one to notify.channels, as docs/notify.md shows.`

interface Told {
  /** Null: nobody is told. */
  readonly notifier: { readonly works: boolean; readonly heardAt: string | null } | null
  readonly channels: readonly {
    readonly name: string
    readonly kind: string
    readonly state: string
    readonly reason: string | null
    readonly lastSentAt: string | null
    readonly waiting: number
  }[]
  readonly alerts: readonly {
    readonly trader: string
    readonly key: string
    readonly openedAt: string
    readonly acknowledged: { readonly by: string } | null
  }[]
  readonly alertsInAll: number
  readonly silences: readonly {
    readonly trader: string | null
    readonly tag: string | null
    readonly kind: string | null
    readonly until: string
    readonly reason: string
    readonly by: string
  }[]
}

interface Acknowledged {
  readonly alerts: readonly string[]
  /** Null: it is done. */
  readonly reason: string | null
}

interface Tested {
  readonly channel: string
  readonly outcome: 'sent' | 'gave-up' | 'waiting'
  readonly reason: string | null
}

export const notify: Program = {
  help: HELP,
  async run(args, context) {
    const { values } = readOptions(args, { ...CONSOLE_OPTIONS, test: text, acknowledge: text, json: flag })
    const { test, acknowledge, json } = values
    if (test !== undefined && acknowledge !== undefined)
      throw new UsageError('--test and --acknowledge do not go together')
    const api = await ConsoleApi.of(context, values)
    if (test !== undefined) return testOne(api, context, test, json)
    if (acknowledge !== undefined) return acknowledgeAll(api, context, acknowledge, json)
    const told = await api.get<Told>('/api/notify')
    printLine(context.stdout, json ? JSON.stringify(told) : inWords(told))
    return told.notifier?.works === true && told.channels.every(({ state }) => !isFailing(state)) ? 0 : 1
  },
}

async function testOne(api: ConsoleApi, { stdout }: ProgramContext, channel: string, json: boolean): Promise<number> {
  const path = `/api/notify/channels/${encodeURIComponent(channel)}/test`
  const tested = await api.change<Tested>({ method: 'POST', path, body: {}, key: null })
  printLine(stdout, json ? JSON.stringify(tested) : testInWords(tested))
  return tested.outcome === 'sent' ? 0 : 1
}

async function acknowledgeAll(
  api: ConsoleApi,
  { stdout }: ProgramContext,
  trader: string,
  json: boolean,
): Promise<number> {
  const asked = await api.change<Acknowledged>({
    method: 'POST',
    path: '/api/notify/acknowledge',
    body: { trader },
    key: null,
  })
  printLine(stdout, json ? JSON.stringify(asked) : acknowledgedInWords(trader, asked))
  return 0
}

function acknowledgedInWords(trader: string, { alerts, reason }: Acknowledged): string {
  const what = `${alerts.join(', ')} of ${trader}`
  return reason === null ? `Acknowledged: ${what}.` : `Kept, and not acknowledged yet: ${what}: ${reason}`
}

function testInWords({ channel, outcome, reason }: Tested): string {
  switch (outcome) {
    case 'sent':
      return `${channel} took the test message.`
    case 'gave-up':
      return `${channel} refuses the test message: ${reason}`
    case 'waiting':
      return `${channel} has not taken the test message yet: ${reason}`
    default:
      return outcome satisfies never
  }
}

function inWords({ notifier, channels, alerts, alertsInAll, silences }: Told): string {
  const rows = channels.map(({ name, kind, state, waiting, lastSentAt, reason }) => [
    name,
    kind,
    state,
    String(waiting),
    lastSentAt ?? '-',
    reason ?? '',
  ])
  const open = alerts.map(({ trader, key, openedAt, acknowledged }) => [
    trader,
    key,
    openedAt,
    acknowledged === null ? 'nobody' : acknowledged.by,
  ])
  const silenced = silences.map((silence) => [silenceInWords(silence), silence.until, silence.by, silence.reason])
  if (notifier === null) return NOBODY
  const silent = `No notifier works: nobody is told anything. ${heardInWords(notifier.heardAt)}`
  return [
    ...(notifier.works ? [] : [silent, '']),
    ...alignedRows([['channel', 'kind', 'state', 'waiting', 'last sent', 'why'], ...rows]),
    '',
    ...(open.length === 0
      ? ['No alert goes on.']
      : alignedRows([['trader', 'alert', 'since', 'acknowledged by'], ...open])),
    ...(alertsInAll > alerts.length
      ? ['', `${alertsInAll} alerts go on. The ${alerts.length} most urgent are shown.`]
      : []),
    ...(silenced.length === 0 ? [] : ['', ...alignedRows([['not told', 'until', 'by', 'why'], ...silenced])]),
  ].join('\n')
}

function heardInWords(heardAt: string | null): string {
  return heardAt === null ? 'None was ever heard.' : `One was last heard at ${heardAt}.`
}

function isFailing(state: string): boolean {
  return state === 'failing' || state === 'shut-out'
}
