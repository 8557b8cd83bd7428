import type { TraderId } from './trader-id.ts'

/** What happened to a trader, in the order of precedence when one input causes several; `facts` lists all. */
export const TRADER_EVENT_TYPES = [
  'breach',
  'paused',
  'resumed',
  'day-started',
  'feed-stale',
  'feed-restored',
  'warning',
  'limits-changed',
  'cash-flow',
  'tick-rejected',
  'assessed',
] as const
export type TraderEventType = (typeof TRADER_EVENT_TYPES)[number]

/** Of these, flags and limits change what traders are judged by; the others say something of the logs. */
export const CONFIG_EVENT_KINDS = ['flags', 'limits', 'settled', 'removed'] as const
export type ConfigEventKind = (typeof CONFIG_EVENT_KINDS)[number]

/** Whether an event of the kind changes what traders are judged by. */
export function isConfiguration(kind: ConfigEventKind): kind is 'flags' | 'limits' {
  return kind === 'flags' || kind === 'limits'
}

export const TRADER_COMMANDS = ['pause', 'resume', 'limits', 'cash-flow', 'wake'] as const
export type TraderCommand = (typeof TRADER_COMMANDS)[number]

const OUT = 'guardian.out.'
const STORED = 'risk.'
const CONFIG = `${STORED}config.`

/** Every subject of Drawbridge. Nothing else in the code spells one. */
export const subjects = {
  tick: (trader: TraderId) => `equity.tick.${trader}`,
  control: (command: TraderCommand, trader: TraderId) => `control.${command}.${trader}`,
  controlLimits: 'control.limits',
  controlFlags: 'control.flags',
  heartbeat: 'guardian.heartbeat',
  /** Asks any guardian for the newest event of a trader, or of one type: the body names it. */
  newest: (trader: TraderId) => `guardian.newest.${trader}`,
  newestAll: 'guardian.newest.*',

  /** Where a guardian publishes; the stream keeps it as the subject that {@link stored} gives. */
  out: (type: TraderEventType, trader: TraderId) => `${OUT}${type}.${trader}`,
  outConfig: (kind: ConfigEventKind) => `${OUT}config.${kind}`,
  outAll: `${OUT}>`,

  event: (type: TraderEventType, trader: TraderId) => `${STORED}${type}.${trader}`,
  config: (kind: ConfigEventKind) => `${STORED}config.${kind}`,
  /** All events of one trader. */
  traderLog: (trader: TraderId) => `${STORED}*.${trader}`,
  storedAll: `${STORED}>`,
  configAll: `${STORED}config.>`,

  ticksAll: 'equity.>',
  controlAll: 'control.>',
  rejects: (stream: string) => `rejects.${stream}`,
  /** What was done with a dead letter. */
  deadLetterRecord: 'rejects.record',
  /** Where guardians note where they begin. */
  attempts: 'rejects.attempts',
  rejectsAll: 'rejects.>',
} as const

/** Where the stream keeps a message that was published on a {@link subjects.out} subject. */
export function stored(outSubject: string): string {
  return STORED + outSubject.slice(OUT.length)
}

export type InputAddress =
  | { readonly kind: 'tick'; readonly trader: string }
  | { readonly kind: 'command'; readonly command: TraderCommand; readonly trader: string }
  | { readonly kind: 'limits' }
  | { readonly kind: 'flags' }
  | { readonly kind: 'unknown' }

/** What an input's subject addresses; the trader id is not yet checked. */
export function parseInputSubject(subject: string): InputAddress {
  if (subject.startsWith('equity.tick.')) return { kind: 'tick', trader: subject.slice('equity.tick.'.length) }
  if (subject === subjects.controlLimits) return { kind: 'limits' }
  if (subject === subjects.controlFlags) return { kind: 'flags' }
  const [root, command = '', trader, more] = subject.split('.')
  if (root === 'control' && trader !== undefined && more === undefined && isTraderCommand(command)) {
    return { kind: 'command', command, trader }
  }
  return { kind: 'unknown' }
}

function isTraderCommand(command: string): command is TraderCommand {
  return (TRADER_COMMANDS as readonly string[]).includes(command)
}

export type EventAddress =
  | { readonly kind: 'trader'; readonly trader: TraderId }
  | { readonly kind: 'config'; readonly config: ConfigEventKind }
  | { readonly kind: 'unknown' }

/** Whose event a stored subject (`risk.…`) names. */
export function parseEventSubject(subject: string): EventAddress {
  const point = subject.indexOf('.', STORED.length)
  if (point < 0 || !subject.startsWith(STORED) || subject.includes('.', point + 1)) return { kind: 'unknown' }
  const name = subject.slice(point + 1)
  if (!subject.startsWith(CONFIG)) return { kind: 'trader', trader: name }
  const config = CONFIG_EVENT_KINDS.find((kind) => kind === name)
  return config === undefined ? { kind: 'unknown' } : { kind: 'config', config }
}
