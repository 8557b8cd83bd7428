import Type from 'typebox'
import { type Amount, parseAmount } from './amount.ts'
import { checkAmountDigits } from './amount-digits.ts'
import { ANYBODY_BY_HTTP, type Author, type Signer, UNVERIFIED } from './author.ts'
import type { FlagsChange, GlobalLimitsChange, Signature, TraderControl } from './commands.ts'
import { decoder, reader } from './faults.ts'
import { listFaults } from './field-faults.ts'
import { parseInstant } from './instant.ts'
import { parseJson } from './json.ts'
import { LIMIT_NAME_PATTERN } from './limit-name.ts'
import { type LimitOverrides, type LimitsMessage, limitsFromMessage, parseLimits, valueFaults } from './limits.ts'
import { LimitFields } from './limits-schema.ts'
import { type Parsed, parsed, printable, refused, total } from './parsed.ts'
import { PauseAllSchema, pauseAllUntil } from './pause-all-wire.ts'
import { instant, words, yesOrNo } from './schema-fields.ts'
import { parseTraderId, type TraderCommand, type TraderId } from './subjects.ts'

const by = Type.Optional(words('the author, 1 to 500 characters'))
const onBehalfOf = Type.Optional(words('on whose behalf, 1 to 500 characters'))
const reason = words('a reason of 1 to 500 characters')
const signed = { reason: Type.Optional(reason), by, onBehalfOf }
const holder = Type.String({ minLength: 1, maxLength: 520 })
const strict = { additionalProperties: false } as const

export const PauseSchema = Type.Object(
  { reason, until: Type.Optional(instant), firm: Type.Optional(yesOrNo), by, onBehalfOf },
  { $id: 'Pause', ...strict },
)
export const ResumeSchema = Type.Object(
  {
    ...signed,
    holder: Type.Optional(
      Type.Union([holder, Type.Array(holder, { minItems: 1, maxItems: 16 })], {
        description: 'a holder of the pause like "limit:max_drawdown" or "operator:alice", or a list of them',
      }),
    ),
    rebase: Type.Optional(yesOrNo),
    admin: Type.Optional(yesOrNo),
  },
  { $id: 'Resume', ...strict },
)
export const CashFlowSchema = Type.Object(
  {
    amount: Type.Union([Type.Number(), Type.String()], { description: 'an amount, negative for a withdrawal' }),
    id: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'an id of 1 to 64 characters: it counts once' }),
    ),
    at: Type.Optional(instant),
    in_equity: Type.Optional(yesOrNo),
    force: Type.Optional(yesOrNo),
    ...signed,
  },
  { $id: 'CashFlow', ...strict },
)
const amountAbove = (description: string) => Type.Optional(Type.Union([Type.Number(), Type.String()], { description }))
export const RestartSchema = Type.Object(
  {
    reason,
    initial_balance: amountAbove('what the new account period begins with, above 0'),
    peak: amountAbove('its highest equity so far, above 0'),
    day_start: amountAbove('the equity at the start of its day, above 0'),
    by,
    onBehalfOf,
  },
  { $id: 'Restart', ...strict },
)
export const CorrectSchema = Type.Object(
  {
    reason,
    limit: Type.Optional(Type.String({ pattern: LIMIT_NAME_PATTERN, description: 'the name of a limit' })),
    reference: amountAbove('what the limit is measured from, above 0'),
    void: Type.Optional(
      Type.Integer({ minimum: 1, description: 'the version of the event of the last reading, which is voided' }),
    ),
    by,
    onBehalfOf,
  },
  { $id: 'Correct', ...strict },
)
const WakeSchema = Type.Object({}, { $id: 'Wake' })
export const TraderLimitsSchema = Type.Object({ ...LimitFields, ...signed }, { $id: 'TraderLimits', ...strict })
export const GlobalLimitsSchema = Type.Object(
  {
    ...LimitFields,
    max_traders: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'a whole number, 1 to 1000000' }),
    ),
    traders: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'an object of limits by trader id' }),
    ),
    ...signed,
  },
  { $id: 'GlobalLimits', ...strict },
)
export const FlagsSchema = Type.Object(
  {
    enable_risk_enforcement: Type.Optional(yesOrNo),
    enable_persistence: Type.Optional(yesOrNo),
    pause_all: Type.Optional(PauseAllSchema),
    ...signed,
  },
  { $id: 'Flags', ...strict },
)

/** The readers of commands to one trader. */
const READERS: { readonly [C in TraderCommand]: (value: unknown) => Parsed<TraderControl> } = {
  pause: reader(PauseSchema, (message) => {
    const until = message.until === undefined ? parsed(null) : parseInstant(message.until)
    if (!until.ok) return refused(`until ${until.reason}`)
    const reason = printable(message.reason, 500)
    const firm = message.firm === true
    if (firm && until.value === null) return refused('until is missing: a firm pause needs its end')
    return parsed({ kind: 'pause', until: until.value, firm, ...signature(message), reason })
  }),
  resume: reader(ResumeSchema, (message) => {
    const { holder, rebase = false, admin = false } = message
    if (rebase && message.reason === undefined) return refused('reason is missing: rebase forgives a loss')
    const holders = holder === undefined ? null : typeof holder === 'string' ? [holder] : holder
    return parsed({ kind: 'resume', holders, rebase, admin, ...signature(message) })
  }),
  limits: reader(
    TraderLimitsSchema,
    (message) => {
      const limits = limitsFromMessage(withoutSignature(message))
      if (!limits.ok) return limits
      if (Object.keys(limits.value).length === 0) return refused('names no limit to change')
      return parsed({ kind: 'limits', limits: limits.value, ...signature(message) })
    },
    valueFaults,
  ),
  'cash-flow': reader(CashFlowSchema, (message) => {
    const amount = parseAmount(message.amount)
    if (!amount.ok) return refused(`amount ${amount.reason}`)
    if (amount.value === 0n) return refused('amount must not be 0')
    const at = message.at === undefined ? parsed(null) : parseInstant(message.at)
    if (!at.ok) return refused(`at ${at.reason}`)
    return parsed({
      kind: 'cash-flow',
      amount: amount.value,
      id: message.id ?? null,
      at: at.value,
      inEquity: message.in_equity === true,
      force: message.force === true,
      ...signature(message),
    })
  }),
  restart: reader(RestartSchema, (message) => {
    const initialBalance = aboveZero('initial_balance', message.initial_balance)
    const peak = aboveZero('peak', message.peak)
    const dayStart = aboveZero('day_start', message.day_start)
    if (!initialBalance.ok) return initialBalance
    if (!peak.ok) return peak
    if (!dayStart.ok) return dayStart
    return parsed({
      kind: 'restart',
      initialBalance: initialBalance.value,
      peak: peak.value,
      dayStart: dayStart.value,
      ...signature(message),
      reason: printable(message.reason, 500),
    })
  }),
  correct: reader(CorrectSchema, (message): Parsed<TraderControl> => {
    const { limit, void: version } = message
    const signed = { ...signature(message), reason: printable(message.reason, 500) }
    const reference = aboveZero('reference', message.reference)
    if (!reference.ok) return reference
    if (version !== undefined) {
      if (limit !== undefined || reference.value !== null)
        return refused('must have "void", or "limit" and "reference"')
      return parsed({ kind: 'correct', correction: { kind: 'void', version }, ...signed })
    }
    if (limit === undefined || reference.value === null) return refused('must have "void", or "limit" and "reference"')
    return parsed({ kind: 'correct', correction: { kind: 'reference', limit, reference: reference.value }, ...signed })
  }),
  wake: reader(WakeSchema, () => parsed({ kind: 'wake' })),
}

function aboveZero(name: string, written: number | string | undefined): Parsed<Amount | null> {
  if (written === undefined) return parsed(null)
  const read = parseAmount(written)
  if (!read.ok) return refused(`${name} ${read.reason}`)
  return read.value > 0n ? read : refused(`${name} must be above 0, got ${written}`)
}

/** Reads the payload of a command to one trader; its author is only claimed. */
export const decodeControl = total((command: TraderCommand, bytes: Uint8Array): Parsed<TraderControl> => {
  const json = bytes.length === 0 ? parsed({}) : readExactly(bytes)
  return json.ok ? READERS[command](json.value) : json
})

const readGlobalLimits = reader(
  GlobalLimitsSchema,
  (message): Parsed<GlobalLimitsChange> => {
    const { max_traders, traders: traderMessages = {}, ...rest } = message
    const limits = limitsFromMessage(withoutSignature(rest))
    const traders = parseTraderLimits(traderMessages)
    if (!limits.ok) return traders.ok ? limits : refused(listFaults([limits.reason, traders.reason]))
    if (!traders.ok) return traders
    return parsed({
      kind: 'limits',
      limits: limits.value,
      traders: traders.value,
      maxTraders: max_traders ?? null,
      ...signature(message),
    })
  },
  valueFaults,
)

/** Reads a change of the configured limits: defaults, and limits by trader; its author is only claimed. */
export const decodeGlobalLimits = total((bytes: Uint8Array) => {
  const json = readExactly(bytes)
  return json.ok ? readGlobalLimits(json.value) : json
})

/** Upper bound of reported faults, so that a message with thousands of them is answered quickly. */
const FAULTS_MAX = 50

/**
 * Reads limits by trader id; reports all faults at once, up to the bound.
 * @param read as people write them, if not given
 */
export function parseTraderLimits(
  messages: Readonly<Record<string, unknown>>,
  read: (message: unknown) => Parsed<LimitOverrides> = parseLimits,
): Parsed<Record<TraderId, LimitOverrides>> {
  const traders: [TraderId, LimitOverrides][] = []
  const faults: string[] = []
  for (const [name, message] of Object.entries(messages)) {
    if (faults.length >= FAULTS_MAX) break
    const id = parseTraderId(name)
    const limits = read(message)
    if (!id.ok) faults.push(`traders: ${id.reason}`)
    if (!limits.ok) faults.push(`traders.${printable(name, 64)}: ${limits.reason}`)
    if (id.ok && limits.ok) traders.push([id.value, limits.value])
  }
  return faults.length === 0 ? parsed(Object.fromEntries(traders)) : refused(listFaults(faults))
}

/** Reads a change of flags; its author is only claimed. */
export const decodeFlags = decoder(FlagsSchema, (message): Parsed<FlagsChange> => {
  const { enable_risk_enforcement: enforcement = null, enable_persistence: persistence = null, pause_all } = message
  const flags = { kind: 'flags', enforcement, persistence, ...signature(message) } as const
  if (pause_all === undefined) {
    return enforcement === null && persistence === null ? refused('names no flag to change') : parsed(flags)
  }
  if (message.reason === undefined) return refused('reason is missing: pause_all needs one')
  if (pause_all === null) return parsed({ ...flags, pauseAll: null })
  const until = pauseAllUntil(pause_all)
  return until.ok ? parsed({ ...flags, pauseAll: { until: until.value } }) : until
})

/** Reads JSON, and refuses amounts that parsing would change. */
function readExactly(bytes: Uint8Array): Parsed<unknown> {
  const json = parseJson(bytes)
  if (!json.ok) return json
  const exact = checkAmountDigits(json.value.text)
  return exact.ok ? parsed(json.value.value) : exact
}

interface SignatureMessage {
  readonly reason?: string
  readonly by?: string
  readonly onBehalfOf?: string
}

function signature({ reason, by: claim, onBehalfOf: other }: SignatureMessage): Signature {
  return {
    reason: reason === undefined ? null : printable(reason, 500),
    by: claim === undefined ? null : printable(claim, 500),
    ...(other === undefined ? {} : { onBehalfOf: printable(other, 500) }),
  }
}

function withoutSignature(message: LimitsMessage & SignatureMessage): LimitsMessage {
  const { reason: _reason, by: _by, onBehalfOf: _onBehalfOf, ...limits } = message
  return limits
}

type Command = TraderControl | GlobalLimitsChange | FlagsChange
type Signed = Exclude<Command, { kind: 'wake' }>

/** A parsed command with the author that its signer vouches for; what it claims otherwise stays a claim. */
export function signedBy<T extends Command>(signer: Signer, command: T): T {
  if (!isSigned(command)) return command
  const signed = { ...command, ...vouchedFor(signer, command) }
  // Only the HTTP API knows who is an admin: by its tokens.
  return 'admin' in signed && signer.kind !== 'http' ? { ...signed, admin: false } : signed
}

function isSigned<T extends Command>(command: T): command is T & Signed {
  return 'by' in command
}

function vouchedFor(signer: Signer, { by: claim, onBehalfOf }: Signed): Author {
  switch (signer.kind) {
    case 'user': {
      // An old client, without the field `onBehalfOf`, says there on whose behalf it acts.
      const other = onBehalfOf ?? claim
      return other === null || other === signer.user ? { by: signer.user } : { by: signer.user, onBehalfOf: other }
    }
    case 'http':
      return { by: claim ?? ANYBODY_BY_HTTP }
    case 'nobody':
      return { by: claim === null ? null : `${UNVERIFIED}${claim}` }
    default:
      return signer satisfies never
  }
}
