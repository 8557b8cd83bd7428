import { type Program, type ProgramContext, printLine, readOptions } from '@drawbridge/service-kit/program'
import { CONSOLE_HELP, CONSOLE_OPTIONS } from './console-api/address.ts'
import { ConsoleApi } from './console-api/client.ts'
import { limitsOf } from './console-api/trader-command.ts'
import { eventLine, type SentEvent } from './events/event-line.ts'
import { filterOf } from './events/filter.ts'
import { EventReading } from './events/reading.ts'
import { momentOf } from './moment.ts'
import { flag, text } from './options.ts'
import { paintOn } from './terminal/paint.ts'

const HELP = `What happened, one line an event: time, trader and version, type, and words. explain <trader> <version> has the arithmetic.

  npm run drawbridge -- events [trader]... [--follow] [--type types] [--since when] [--all] [--json]
  npm run drawbridge -- events --follow --type breach,paused,resumed

  [trader]...        only of these; default: of all, and the changes of flags and limits that hold for all
  --follow           goes on with new events as they are stored, until Ctrl-C
  --since when       from when on: a duration like 90m, 8h or 2d, or a time with a zone (default: 1d; with --follow only new ones)
  --type types       only these, separated by commas: breach, paused, resumed, warning, limits-changed, ...
  --all              also readings by which nothing happened (the type assessed)
  --json             one JSON object a line: {"seq", "traceId", "event", "words"}
${CONSOLE_HELP}
  --help             this text

With --follow, a console that goes away is asked again, and no event is left out. Exit codes: 0 done; 1 failed; 2 the command
line or the settings are not valid.
`

const OPTIONS = { ...CONSOLE_OPTIONS, follow: flag, since: text, type: text, all: flag, json: flag } as const
const TRADERS_MAX = 100
const RETRY_MS = 2_000
const AWAY = 'The console went away. Waiting for it; no event will be left out.'

export const events = eventsUntil(new AbortController().signal)

/** @param stopping ends `--follow`, as Ctrl-C does */
export function eventsUntil(stopping: AbortSignal, retryMs = RETRY_MS): Program {
  return { help: HELP, run: (args, context) => run(args, context, stopping, retryMs) }
}

async function run(args: readonly string[], context: ProgramContext, stopping: AbortSignal, retryMs: number) {
  const { values, positionals } = readOptions(args, OPTIONS, TRADERS_MAX)
  const { follow, json } = values
  const filter = filterOf(positionals, values.type?.split(',') ?? null, values.all)
  const since = values.since ?? (follow ? null : '1d')
  const from = since === null ? {} : { since: momentOf('--since', since, 'before', Date.now()) }
  const api = await ConsoleApi.of(context, values)
  // A stream of a mistyped trader would stay silent. A known one has limits, even before its first event.
  for (const trader of positionals) await api.get(limitsOf(trader))
  const query = new URLSearchParams({ ...filter.query, ...from, words: 'true', ...(follow ? {} : { follow: 'false' }) })
  const paint = paintOn(context.stdout, context.env)
  const onEvent = (data: string) => {
    const event = JSON.parse(data) as SentEvent
    if (filter.isWanted(event.event.type)) printLine(context.stdout, json ? data : eventLine(event, paint))
  }
  const reading = new EventReading(api, `/api/events?${query}`, onEvent)
  if (!follow) await reading.read(stopping)
  else await reading.follow(stopping, retryMs, () => printLine(context.stderr, AWAY))
  return 0
}
