import { describe } from './amount.ts'
import type { Signer } from './author.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/**
 * Names a trader: one NATS subject token of 1 to 64 letters, digits, `_`, `-` or `:`.
 *
 * It becomes a part of subjects, of paths in URLs, of the names of seed files, of metric labels and of rows. All of these take a
 * `:`, which exchanges use (`binance:btc`). A leading one would make a relative URL something else, so it is not allowed; a `.`,
 * `*` or `>` would be another subject, a `/` another path, and a blank or a comma ends an id in lists.
 */
export type TraderId = string

/** Kinds of configuration events: flags and limits change how traders are judged; the others describe the logs. */
export const CONFIG_EVENT_KINDS = ['flags', 'limits', 'settled', 'removed'] as const
export type ConfigEventKind = (typeof CONFIG_EVENT_KINDS)[number]

/** Reserved for configuration events, so that `risk.*.<trader>` is always one trader's log. */
export const RESERVED_TRADER_IDS: readonly string[] = CONFIG_EVENT_KINDS

export const TRADER_ID_PATTERN = '^[A-Za-z0-9_-][A-Za-z0-9_:-]{0,63}$'

const pattern = new RegExp(TRADER_ID_PATTERN)

export function parseTraderId(value: string): Parsed<TraderId> {
  if (!pattern.test(value)) {
    return refused(
      `trader id ${describe(value)} must be 1 to 64 letters, digits, "_", "-" or ":", and not begin with ":"`,
    )
  }
  if (RESERVED_TRADER_IDS.includes(value)) return refused(`trader id "${value}" is reserved for configuration`)
  return parsed(value)
}

/** What happened to a trader, in the order of precedence when one input causes several; `facts` lists all. */
export const TRADER_EVENT_TYPES = [
  'breach',
  'paused',
  'resumed',
  'session-closed',
  'session-opened',
  'day-started',
  'feed-stale',
  'feed-restored',
  'warning',
  'limits-changed',
  'cash-flow',
  'restarted',
  'corrected',
  'tick-rejected',
  'assessed',
] as const
export type TraderEventType = (typeof TRADER_EVENT_TYPES)[number]

/** Whether an event of the kind changes how traders are judged. */
export function isConfiguration(kind: ConfigEventKind): kind is 'flags' | 'limits' {
  return kind === 'flags' || kind === 'limits'
}

/** The commands of operators to a trader. */
export const OPERATOR_COMMANDS = ['pause', 'resume', 'limits', 'cash-flow', 'restart', 'correct'] as const
export type OperatorCommand = (typeof OPERATOR_COMMANDS)[number]
/** Timers send the rest. */
export const TRADER_COMMANDS = [...OPERATOR_COMMANDS, 'wake'] as const
export type TraderCommand = (typeof TRADER_COMMANDS)[number]

/** The user in subjects of the HTTP API, which names its callers itself; no user may have this name. */
export const HTTP_USER = 'http'

/** The user in subjects of resumes that people give in a chat of Telegram. */
export const TELEGRAM_USER = 'telegram'

const OUT = 'guardian.out.'
const STORED = 'risk.'
const CONFIG = `${STORED}config.`

/** Every subject of Drawbridge, spelled only here. */
export const subjects = {
  tick: (trader: TraderId) => `equity.tick.${trader}`,
  /** A command whose author the server vouches for: only this user may publish there. `*`: any user. */
  command: (user: string, command: OperatorCommand, trader: TraderId) => `command.${user}.${command}.${trader}`,
  /** Every command to a trader, of any user. */
  anyCommand: (trader: TraderId) => `command.*.*.${trader}`,
  commandLimits: (user: string) => `command.${user}.limits`,
  commandFlags: (user: string) => `command.${user}.flags`,
  /** For timers, and for clients of servers without users: nobody vouches for the author that it names. */
  control: (command: TraderCommand, trader: TraderId) => `control.${command}.${trader}`,
  controlLimits: 'control.limits',
  controlFlags: 'control.flags',
  heartbeat: 'guardian.heartbeat',
  /** Asks any guardian for the newest event of a trader, or of one type, which the body names. */
  newest: (trader: TraderId) => `guardian.newest.${trader}`,
  newestAll: 'guardian.newest.*',
  /** Values of NOFX's metrics from guardians and persisters, for the console. */
  riskMetrics: 'metrics.risk',
  /** How a connector does, for whoever looks after it. `*`: any of them. */
  connectorReport: (connector: string) => `connector.report.${connector}`,

  /** Where a guardian publishes; the stream stores the message under the subject that {@link stored} gives. */
  out: (type: TraderEventType, trader: TraderId) => `${OUT}${type}.${trader}`,
  outConfig: (kind: ConfigEventKind) => `${OUT}config.${kind}`,
  outAll: `${OUT}>`,

  event: (type: TraderEventType, trader: TraderId) => `${STORED}${type}.${trader}`,
  config: (kind: ConfigEventKind) => `${STORED}config.${kind}`,
  /** All events of one trader. */
  traderLog: (trader: TraderId) => `${STORED}*.${trader}`,
  storedAll: `${STORED}>`,
  configAll: `${STORED}config.>`,

  /** A message to people that waits for its channel. */
  notice: (channel: string, trader: string) => `notice.${channel}.${trader}`,
  noticesOf: (channel: string) => `notice.${channel}.>`,
  noticesAll: 'notice.>',
  /** What the notifier remembers of the alerts of one trader. */
  alerts: (trader: string) => `alert.of.${trader}`,
  /** The record of one delivery, by the id of what was told. */
  delivery: (tellingId: string) => `alert.delivery.${tellingId}`,
  /** Those of one event. */
  deliveriesOf: (trader: string, version: number) => `alert.delivery.${trader}.${version}.>`,
  /** The record that somebody acknowledged an alert, by the event that was told last of it. */
  acknowledgement: (trader: string, version: number, alert: string) =>
    `alert.acknowledgement.${trader}.${version}.${alert}`,
  acknowledgementsOf: (trader: string, version: number) => `alert.acknowledgement.${trader}.${version}.>`,
  silences: 'alert.silences',
  /** Which logs the notifier has read. */
  notifierLogs: 'alert.logs',
  /** Which notifier works; the others wait. */
  notifierLease: 'alert.lease',
  alertsAll: 'alert.>',
  /** How a channel does. */
  channelHealth: (channel: string) => `alert.channel.${channel}`,
  /** What somebody wants of the notifier: to acknowledge, to silence, to test a channel. */
  notifyCommand: (user: string) => `notify.command.${user}`,
  notifyCommandsAll: 'notify.command.>',

  ticksAll: 'equity.>',
  commandsAll: 'command.>',
  controlAll: 'control.>',
  rejects: (stream: string) => `rejects.${stream}`,
  /** Notes of what was done with a dead letter. */
  deadLetterRecord: 'rejects.record',
  /** Notes of guardians about where they begin. */
  attempts: 'rejects.attempts',
  rejectsAll: 'rejects.>',
} as const

/** The subject under which the stream stores a message that was published on a {@link subjects.out} subject. */
export function stored(outSubject: string): string {
  return STORED + outSubject.slice(OUT.length)
}

/** `signer`: who vouches for the author. */
export type InputAddress =
  | { readonly kind: 'tick'; readonly trader: string }
  | { readonly kind: 'command'; readonly command: TraderCommand; readonly trader: string; readonly signer: Signer }
  | { readonly kind: 'limits'; readonly signer: Signer }
  | { readonly kind: 'flags'; readonly signer: Signer }
  | { readonly kind: 'unknown' }

const UNKNOWN: InputAddress = { kind: 'unknown' }
/** Users have no `:`, which separates the parts of a holder. */
const USER = /^[A-Za-z0-9_-]{1,64}$/

/** What an input's subject addresses, and who vouches for its author; the trader id is still unchecked. */
export function parseInputSubject(subject: string): InputAddress {
  if (subject.startsWith('equity.tick.')) return { kind: 'tick', trader: subject.slice('equity.tick.'.length) }
  const [root, ...words] = subject.split('.')
  if (root === 'control') return commandAddress(words, { kind: 'nobody' })
  const [user = '', ...command] = words
  if (root !== 'command' || !USER.test(user)) return UNKNOWN
  const address = commandAddress(command, user === HTTP_USER ? { kind: 'http' } : { kind: 'user', user })
  // A timer has no author.
  return address.kind === 'command' && address.command === 'wake' ? UNKNOWN : address
}

function commandAddress([command = '', trader, more]: readonly string[], signer: Signer): InputAddress {
  if (trader === undefined) return command === 'limits' || command === 'flags' ? { kind: command, signer } : UNKNOWN
  return more === undefined && isTraderCommand(command) ? { kind: 'command', command, trader, signer } : UNKNOWN
}

function isTraderCommand(command: string): command is TraderCommand {
  return (TRADER_COMMANDS as readonly string[]).includes(command)
}

export type EventAddress =
  | { readonly kind: 'trader'; readonly trader: TraderId }
  | { readonly kind: 'config'; readonly config: ConfigEventKind }
  | { readonly kind: 'unknown' }

/** The trader or kind that a stored subject (`risk.…`) names. */
export function parseEventSubject(subject: string): EventAddress {
  const point = subject.indexOf('.', STORED.length)
  if (point < 0 || !subject.startsWith(STORED) || subject.includes('.', point + 1)) return { kind: 'unknown' }
  const name = subject.slice(point + 1)
  if (!subject.startsWith(CONFIG)) return { kind: 'trader', trader: name }
  const config = CONFIG_EVENT_KINDS.find((kind) => kind === name)
  return config === undefined ? { kind: 'unknown' } : { kind: 'config', config }
}
