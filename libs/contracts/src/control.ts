import Type from 'typebox'
import { type Amount, parseAmount } from './amount.ts'
import { checkAmountDigits } from './amount-digits.ts'
import { ANYBODY_BY_HTTP, type Author, type Signer, UNVERIFIED } from './author.ts'
import { compileCheck, listFaults } from './faults.ts'
import { type Instant, parseInstant } from './instant.ts'
import { parseJson } from './json.ts'
import { LimitFields, type LimitOverrides, type LimitsMessage, limitsFromMessage, parseLimits } from './limits.ts'
import { type Parsed, parsed, printable, refused, total } from './parsed.ts'
import { parseTraderId, type TraderCommand, type TraderId } from './subjects.ts'

const text = (description: string) => Type.String({ minLength: 1, maxLength: 500, description })
const by = Type.Optional(text('the author, 1 to 500 characters'))
const onBehalfOf = Type.Optional(text('on whose behalf, 1 to 500 characters'))
const why = Type.Optional(text('a reason of 1 to 500 characters'))
const strict = { additionalProperties: false } as const

export const PauseSchema = Type.Object(
  {
    reason: text('a reason of 1 to 500 characters'),
    until: Type.Optional(Type.String({ description: 'a time like "2026-03-12T20:00:00Z"' })),
    by,
    onBehalfOf,
  },
  { $id: 'Pause', ...strict },
)
export const ResumeSchema = Type.Object({ reason: why, by, onBehalfOf }, { $id: 'Resume', ...strict })
export const CashFlowSchema = Type.Object(
  {
    amount: Type.Union([Type.Number(), Type.String()], { description: 'an amount, negative for a withdrawal' }),
    reason: why,
    by,
    onBehalfOf,
  },
  { $id: 'CashFlow', ...strict },
)
export const WakeSchema = Type.Object({}, { $id: 'Wake' })
export const TraderLimitsSchema = Type.Object(
  { ...LimitFields, reason: why, by, onBehalfOf },
  { $id: 'TraderLimits', ...strict },
)
export const GlobalLimitsSchema = Type.Object(
  {
    ...LimitFields,
    max_traders: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'a whole number, 1 to 1000000' }),
    ),
    traders: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'an object of limits by trader id' }),
    ),
    reason: why,
    by,
    onBehalfOf,
  },
  { $id: 'GlobalLimits', ...strict },
)
export const FlagsSchema = Type.Object(
  {
    enable_risk_enforcement: Type.Optional(Type.Boolean({ description: 'true or false' })),
    enable_persistence: Type.Optional(Type.Boolean({ description: 'true or false' })),
    reason: why,
    by,
    onBehalfOf,
  },
  { $id: 'Flags', ...strict },
)

/** Reason, author, and on whose behalf. A claim of the payload: {@link signedBy} says who it really was. */
interface Signature<Reason = string | null> {
  readonly reason: Reason
  readonly by: string | null
  /** Absent if nobody else is named. */
  readonly onBehalfOf?: string
}

/** A command of an operator to one trader, or a timer's wake-up. */
export type TraderControl =
  | ({ readonly kind: 'pause'; readonly until: Instant | null } & Signature<string>)
  | ({ readonly kind: 'resume' } & Signature)
  | ({ readonly kind: 'limits'; readonly limits: LimitOverrides } & Signature)
  | ({ readonly kind: 'cash-flow'; readonly amount: Amount } & Signature)
  | { readonly kind: 'wake' }

export interface GlobalLimitsChange extends Signature {
  readonly kind: 'limits'
  readonly limits: LimitOverrides
  readonly traders: Readonly<Record<TraderId, LimitOverrides>>
  readonly maxTraders: number | null
}

export interface FlagsChange extends Signature {
  readonly kind: 'flags'
  readonly enforcement: boolean | null
  readonly persistence: boolean | null
}

const checkPause = compileCheck<Type.Static<typeof PauseSchema>>(PauseSchema)
const checkResume = compileCheck<Type.Static<typeof ResumeSchema>>(ResumeSchema)
const checkCashFlow = compileCheck<Type.Static<typeof CashFlowSchema>>(CashFlowSchema)
const checkWake = compileCheck<object>(WakeSchema)
const checkTraderLimits = compileCheck<Type.Static<typeof TraderLimitsSchema>>(TraderLimitsSchema)
const checkGlobalLimits = compileCheck<Type.Static<typeof GlobalLimitsSchema>>(GlobalLimitsSchema)
const checkFlags = compileCheck<Type.Static<typeof FlagsSchema>>(FlagsSchema)

/** Reads the payload of a command to one trader; its author is only claimed. */
export const decodeControl = total(readControl)

function readControl(command: TraderCommand, bytes: Uint8Array): Parsed<TraderControl> {
  const json = bytes.length === 0 ? parsed({}) : readExactly(bytes)
  if (!json.ok) return json
  const { value } = json
  switch (command) {
    case 'pause':
      return readPause(value)
    case 'resume': {
      const resume = checkResume(value)
      return resume.ok ? parsed({ kind: 'resume', ...signature(resume.value) }) : resume
    }
    case 'limits':
      return readTraderLimits(value)
    case 'cash-flow':
      return readCashFlow(value)
    case 'wake': {
      const wake = checkWake(value)
      return wake.ok ? parsed({ kind: 'wake' }) : wake
    }
    default:
      return command satisfies never
  }
}

function readPause(value: unknown): Parsed<TraderControl> {
  const pause = checkPause(value)
  if (!pause.ok) return pause
  const until = pause.value.until === undefined ? parsed(null) : parseInstant(pause.value.until)
  if (!until.ok) return refused(`until ${until.reason}`)
  const reason = printable(pause.value.reason, 500)
  return parsed({ kind: 'pause', until: until.value, ...signature(pause.value), reason })
}

function readTraderLimits(value: unknown): Parsed<TraderControl> {
  const checked = checkTraderLimits(value)
  if (!checked.ok) return checked
  const limits = limitsFromMessage(withoutSignature(checked.value))
  if (!limits.ok) return limits
  if (Object.keys(limits.value).length === 0) return refused('names no limit to change')
  return parsed({ kind: 'limits', limits: limits.value, ...signature(checked.value) })
}

function readCashFlow(value: unknown): Parsed<TraderControl> {
  const flow = checkCashFlow(value)
  if (!flow.ok) return flow
  const amount = parseAmount(flow.value.amount)
  if (!amount.ok) return refused(`amount ${amount.reason}`)
  if (amount.value === 0n) return refused('amount must not be 0')
  return parsed({ kind: 'cash-flow', amount: amount.value, ...signature(flow.value) })
}

/** Reads a change of the configured limits: defaults, and limits by trader; its author is only claimed. */
export const decodeGlobalLimits = total(readGlobalLimits)

function readGlobalLimits(bytes: Uint8Array): Parsed<GlobalLimitsChange> {
  const json = readExactly(bytes)
  if (!json.ok) return json
  const checked = checkGlobalLimits(json.value)
  if (!checked.ok) return checked
  const { max_traders, traders: traderMessages = {}, ...rest } = checked.value
  const limits = limitsFromMessage(withoutSignature(rest))
  if (!limits.ok) return limits
  const traders = parseTraderLimits(traderMessages)
  if (!traders.ok) return traders
  return parsed({
    kind: 'limits',
    limits: limits.value,
    traders: traders.value,
    maxTraders: max_traders ?? null,
    ...signature(checked.value),
  })
}

/** Upper bound of reported faults, so that a message with thousands of them is answered quickly. */
const FAULTS_MAX = 50

/** Reads limits by trader id; reports all faults at once, up to the bound. */
export function parseTraderLimits(
  messages: Readonly<Record<string, unknown>>,
): Parsed<Record<TraderId, LimitOverrides>> {
  const traders: [TraderId, LimitOverrides][] = []
  const faults: string[] = []
  for (const [name, message] of Object.entries(messages)) {
    if (faults.length >= FAULTS_MAX) break
    const id = parseTraderId(name)
    const limits = parseLimits(message)
    if (!id.ok) faults.push(`traders: ${id.reason}`)
    if (!limits.ok) faults.push(`traders.${printable(name, 64)}: ${limits.reason}`)
    if (id.ok && limits.ok) traders.push([id.value, limits.value])
  }
  return faults.length === 0 ? parsed(Object.fromEntries(traders)) : refused(listFaults(faults))
}

/** Reads a change of flags; its author is only claimed. */
export const decodeFlags = total(readFlagsMessage)

function readFlagsMessage(bytes: Uint8Array): Parsed<FlagsChange> {
  const json = parseJson(bytes)
  if (!json.ok) return json
  const checked = checkFlags(json.value.value)
  if (!checked.ok) return checked
  const { enable_risk_enforcement, enable_persistence } = checked.value
  if (enable_risk_enforcement === undefined && enable_persistence === undefined)
    return refused('names no flag to change')
  return parsed({
    kind: 'flags',
    enforcement: enable_risk_enforcement ?? null,
    persistence: enable_persistence ?? null,
    ...signature(checked.value),
  })
}

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
  return isSigned(command) ? { ...command, ...vouchedFor(signer, command) } : command
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
