import {
  checkAmountDigits,
  type FlagsEvent,
  type LimitOverrides,
  type LimitsEvent,
  type LimitsMessage,
  limitsToMessage,
  nearestName,
  type Parsed,
  parsed,
  parseLimits,
  parseTraderId,
  refused,
  type TraderId,
} from '@drawbridge/contracts'

/** The settings of a config.json of NOFX that exist here, too. Settings that it does not name stay unchanged. */
export interface Imported {
  readonly limits: LimitsMessage
  readonly traders: Readonly<Record<TraderId, LimitsMessage>>
  readonly flags: Readonly<Record<string, boolean>>
  /** Places of other settings, like `traders[0].exchange`, with a hint. */
  readonly unknown: readonly { readonly place: string; readonly hint: string | null }[]
}

const LIMITS = ['max_daily_loss', 'max_drawdown', 'stop_trading_minutes']
const FLAGS = ['enable_risk_enforcement', 'enable_persistence']
const TOP = [...LIMITS, 'feature_flags', 'traders']
const OF_TRADER = ['id', 'initial_balance']

/** The setting that corresponds to one of NOFX which cannot be imported. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  api_server_port: 'here it is TRADER_PORT',
  postgres_url: 'here it is DATABASE_URL',
  postgres_sslmode: 'here it is DB_SSLMODE',
  log: 'here it is LOG_LEVEL',
}

/** Sections that a config.json of Drawbridge has, and NOFX does not know. */
const OUR_SECTIONS = ['limits', 'preset', 'http', 'console', 'trader', 'risk_guardian', 'persister', 'nats_url']

/** Whether the text is a config.json of this program. Its traders are an object by id, those of NOFX are a list. */
export function isOurs(text: string): boolean {
  const content = parseObject(text)
  if (!content.ok) return false
  return isObject(content.value.traders) || OUR_SECTIONS.some((name) => Object.hasOwn(content.value, name))
}

/** Reads the file; a refusal lists every fault, one a line. Values of unknown settings are never shown: some are keys. */
export function readNofxFile(text: string): Parsed<Imported> {
  const content = parseObject(text)
  if (!content.ok) return content
  const file = content.value
  const faults: string[] = []
  const unknown = unknownOf('', file, TOP)
  const limits = readLimits(pick(file, LIMITS), '', faults)
  const flags: Record<string, boolean> = {}
  if (isObject(file.feature_flags)) {
    unknown.push(...unknownOf('feature_flags.', file.feature_flags, FLAGS))
    for (const [name, value] of Object.entries(pick(file.feature_flags, FLAGS))) {
      if (typeof value === 'boolean') flags[name] = value
      else faults.push(`feature_flags.${name}: must be true or false, got ${JSON.stringify(value)}`)
    }
  } else if (file.feature_flags !== undefined) faults.push('feature_flags: must be an object of flags')
  const traders = new Map<TraderId, LimitsMessage>()
  if (Array.isArray(file.traders)) {
    for (const [index, trader] of file.traders.entries())
      readTrader(trader, `traders[${index}]`, traders, faults, unknown)
  } else if (file.traders !== undefined) {
    faults.push('traders: must be a list of objects {id, initial_balance}, as in a config.json of NOFX')
  }
  if (faults.length > 0) return refused(faults.join('\n'))
  // NOFX has no other base; it is only needed with a limit.
  const base: LimitsMessage = limits.maxDailyLossPct === undefined ? {} : { daily_loss_of: 'initial-balance' }
  return parsed({
    limits: { ...limitsToMessage(limits), ...base },
    traders: Object.fromEntries(traders),
    flags,
    unknown,
  })
}

function readTrader(
  trader: unknown,
  place: string,
  traders: Map<TraderId, LimitsMessage>,
  faults: string[],
  unknown: { place: string; hint: string | null }[],
): void {
  if (!isObject(trader)) {
    faults.push(`${place}: must be an object {id, initial_balance}`)
    return
  }
  unknown.push(...unknownOf(`${place}.`, trader, OF_TRADER))
  const limits = readLimits(pick(trader, ['initial_balance']), `${place}.`, faults)
  const id = typeof trader.id === 'string' ? parseTraderId(trader.id) : refused('id is missing: it must be text')
  if (!id.ok) faults.push(`${place}: ${id.reason}`)
  else if (traders.has(id.value)) faults.push(`${place}: trader id "${id.value}" is there twice`)
  else traders.set(id.value, limitsToMessage(limits))
}

function readLimits(message: object, place: string, faults: string[]): LimitOverrides {
  const limits = parseLimits(message)
  if (limits.ok) return limits.value
  faults.push(...limits.reason.split('; ').map((fault) => `${place}${fault.replace(' ', ': ')}`))
  return {}
}

function parseObject(text: string): Parsed<Record<string, unknown>> {
  try {
    const content: unknown = JSON.parse(text)
    const exact = checkAmountDigits(text)
    if (!exact.ok) return exact
    return isObject(content) ? parsed(content) : refused('must be a JSON object')
  } catch {
    // The parser's message quotes the text nearby, which may be a key.
    return refused('is not JSON; comments and commas at an end are not allowed in it')
  }
}

function unknownOf(prefix: string, content: object, known: readonly string[]) {
  return Object.keys(content)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearestName(name, known)
      const meant = near === null ? null : `did you mean ${near}?`
      return { place: `${prefix}${name}`, hint: (prefix === '' ? ELSEWHERE[name] : undefined) ?? meant }
    })
}

function pick(content: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(content, name)).map((name) => [name, content[name]]))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A setting that differs between the log and the file. */
export interface Change {
  /** `max_drawdown`, `traders.bot1.initial_balance`, `enable_persistence`. */
  readonly setting: string
  /** Null: no limit; undefined: not set. */
  readonly before: unknown
  readonly after: unknown
}

/** What an import changes, and its control inputs; null: nothing to change there. */
export interface Changes {
  readonly changes: readonly Change[]
  readonly flags: object | null
  readonly limits: object | null
}

/** What is in force; null: the log has no such event yet. */
export interface InForce {
  readonly flags: FlagsEvent | null
  readonly limits: LimitsEvent | null
}

/** The settings of a file that are not in force yet. */
export function changesOf(imported: Imported, inForce: InForce): Changes {
  const flagsNow = {
    enable_risk_enforcement: inForce.flags?.enforcement,
    enable_persistence: inForce.flags?.persistence,
  }
  const flags = differences('', imported.flags, flagsNow)
  const limits = differences('', imported.limits, limitsToMessage(inForce.limits?.defaults ?? {}))
  const traders = Object.entries(imported.traders).map(([id, wanted]) => ({
    id,
    changes: differences(`traders.${id}.`, wanted, limitsToMessage(inForce.limits?.traders[id] ?? {})),
  }))
  const changed = traders.filter(({ changes }) => changes.length > 0)
  const message = {
    ...written(limits),
    ...(changed.length === 0
      ? {}
      : { traders: Object.fromEntries(changed.map(({ id, changes }) => [id, written(changes)])) }),
  }
  return {
    changes: [...flags, ...limits, ...changed.flatMap(({ changes }) => changes)],
    flags: flags.length === 0 ? null : written(flags),
    limits: Object.keys(message).length === 0 ? null : message,
  }
}

function differences(prefix: string, wanted: object, now: object): readonly Change[] {
  const held = new Map(Object.entries(now))
  return Object.entries(wanted)
    .filter(([name, value]) => value !== held.get(name))
    .map(([name, value]) => ({ setting: `${prefix}${name}`, before: held.get(name), after: value }))
}

function written(changes: readonly Change[]): Record<string, unknown> {
  return Object.fromEntries(changes.map(({ setting, after }) => [setting.slice(setting.lastIndexOf('.') + 1), after]))
}
