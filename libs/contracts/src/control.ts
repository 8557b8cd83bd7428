import Type from 'typebox'
import { type Amount, parseAmount } from './amount.ts'
import { checkAmountDigits } from './amount-digits.ts'
import { ANYBODY_BY_HTTP, type Author, type Signer, UNVERIFIED } from './author.ts'
import { decoder, listFaults, reader } from './faults.ts'
import { type Instant, parseInstant } from './instant.ts'
import { parseJson } from './json.ts'
import { LimitFields, type LimitOverrides, type LimitsMessage, limitsFromMessage, parseLimits } from './limits.ts'
import { type Parsed, parsed, printable, refused, total } from './parsed.ts'
import { instant, words, yesOrNo } from './schema-fields.ts'
import { parseTraderId, type TraderCommand, type TraderId } from './subjects.ts'

const by = Type.Optional(words('the author, 1 to 500 characters'))
const onBehalfOf = Type.Optional(words('on whose behalf, 1 to 500 characters'))
const reason = words('a reason of 1 to 500 characters')
const signed = { reason: Type.Optional(reason), by, onBehalfOf }
const strict = { additionalProperties: false } as const

export const PauseSchema = Type.Object(
  { reason, until: Type.Optional(instant), by, onBehalfOf },
  { $id: 'Pause', ...strict },
)
export const ResumeSchema = Type.Object(signed, { $id: 'Resume', ...strict })
export const CashFlowSchema = Type.Object(
  {
    amount: Type.Union([Type.Number(), Type.String()], { description: 'an amount, negative for a withdrawal' }),
    ...signed,
  },
  { $id: 'CashFlow', ...strict },
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
  { enable_risk_enforcement: Type.Optional(yesOrNo), enable_persistence: Type.Optional(yesOrNo), ...signed },
  { $id: 'Flags', ...strict },
)

/** Reason, author, and on whose behalf. A claim of the payload: {@link signedBy} says who it really was. */
interface Signature<Reason = string | null> extends Author {
  readonly reason: Reason
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

/** The readers of commands to one trader. */
const READERS: { readonly [C in TraderCommand]: (value: unknown) => Parsed<TraderControl> } = {
  pause: reader(PauseSchema, (message) => {
    const until = message.until === undefined ? parsed(null) : parseInstant(message.until)
    if (!until.ok) return refused(`until ${until.reason}`)
    const reason = printable(message.reason, 500)
    return parsed({ kind: 'pause', until: until.value, ...signature(message), reason })
  }),
  resume: reader(ResumeSchema, (message) => parsed({ kind: 'resume', ...signature(message) })),
  limits: reader(TraderLimitsSchema, (message) => {
    const limits = limitsFromMessage(withoutSignature(message))
    if (!limits.ok) return limits
    if (Object.keys(limits.value).length === 0) return refused('names no limit to change')
    return parsed({ kind: 'limits', limits: limits.value, ...signature(message) })
  }),
  'cash-flow': reader(CashFlowSchema, (message) => {
    const amount = parseAmount(message.amount)
    if (!amount.ok) return refused(`amount ${amount.reason}`)
    if (amount.value === 0n) return refused('amount must not be 0')
    return parsed({ kind: 'cash-flow', amount: amount.value, ...signature(message) })
  }),
  wake: reader(WakeSchema, () => parsed({ kind: 'wake' })),
}

/** Reads the payload of a command to one trader; its author is only claimed. */
export const decodeControl = total((command: TraderCommand, bytes: Uint8Array): Parsed<TraderControl> => {
  const json = bytes.length === 0 ? parsed({}) : readExactly(bytes)
  return json.ok ? READERS[command](json.value) : json
})

const readGlobalLimits = reader(GlobalLimitsSchema, (message): Parsed<GlobalLimitsChange> => {
  const { max_traders, traders: traderMessages = {}, ...rest } = message
  const limits = limitsFromMessage(withoutSignature(rest))
  if (!limits.ok) return limits
  const traders = parseTraderLimits(traderMessages)
  if (!traders.ok) return traders
  return parsed({
    kind: 'limits',
    limits: limits.value,
    traders: traders.value,
    maxTraders: max_traders ?? null,
    ...signature(message),
  })
})

/** Reads a change of the configured limits: defaults, and limits by trader; its author is only claimed. */
export const decodeGlobalLimits = total((bytes: Uint8Array) => {
  const json = readExactly(bytes)
  return json.ok ? readGlobalLimits(json.value) : json
})

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
export const decodeFlags = decoder(FlagsSchema, (message): Parsed<FlagsChange> => {
  const { enable_risk_enforcement: enforcement = null, enable_persistence: persistence = null } = message
  if (enforcement === null && persistence === null) return refused('names no flag to change')
  return parsed({ kind: 'flags', enforcement, persistence, ...signature(message) })
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
