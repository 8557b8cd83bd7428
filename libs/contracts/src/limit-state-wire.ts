import Type from 'typebox'
import { type Amount, formatAmount } from './amount.ts'
import { LIMIT_NAME_PATTERN, type LimitName } from './limit-name.ts'
import { type Parsed, parsed, refused } from './parsed.ts'
import { type LimitState, percentOf, type TraderState, testedIn } from './risk-event.ts'
import { amount, nullable } from './schema-fields.ts'
import { Fields, moneyOrNull } from './wire-fields.ts'

const amountOrNull = nullable(amount, 'a decimal string or null')

/** The wire form of what the rules remember of one limit. What is as it nearly always is, is not written. */
export const LimitStateSchema = Type.Object({
  name: Type.String({ pattern: LIMIT_NAME_PATTERN }),
  /** Absent: a loss. */
  measure: Type.Optional(Type.Literal('profit')),
  /** Absent: equity. */
  tests: Type.Optional(Type.Union([Type.Literal('balance'), Type.Literal('lower')])),
  /** Absent: that of the short form of this name, without an initial balance in the settings. */
  basis: Type.Optional(Type.String()),
  reference: amountOrNull,
  /** Absent: as `initial` of a lifetime; else as the state's `dayEquity`. */
  startEquity: Type.Optional(amountOrNull),
  /** Absent: none of a lifetime; else as the state's `dayBalance`. */
  startBalance: Type.Optional(amountOrNull),
  /** Absent: the state's `firstEquity`. */
  initial: Type.Optional(amountOrNull),
  /** Absent: it is active. */
  active: Type.Optional(Type.Literal(false)),
  /** Absent: the reference. */
  base: Type.Optional(amountOrNull),
  line: amountOrNull,
  /** Where the first of two tiers begins; the second begins at the line. */
  firstTierAt: Type.Optional(amount),
  /** Absent: see `firstTierAt`; without that there is one tier, at the line, or none where there is no line. */
  tierLines: Type.Optional(Type.Array(amount)),
  /** Absent: it blocks, at the line. */
  blocks: Type.Optional(Type.Literal(false)),
  blocksAt: Type.Optional(amountOrNull),
  warnedPct: Type.Optional(amount),
  uncomputable: Type.Optional(Type.String()),
  /** For people: how much may be lost until the line, and what has been lost, in percent of the base. */
  room: amountOrNull,
  percent: amountOrNull,
})
type LimitStateMessage = Type.Static<typeof LimitStateSchema>

/** What of a state says what the wire form of its limits leaves out. */
export type StateOfLimits = Pick<TraderState, 'equity' | 'balance' | 'firstEquity' | 'dayEquity' | 'dayBalance'>

/** What the short forms are measured from. */
const SHORT_FORMS: ReadonlyMap<LimitName, string> = new Map([
  ['max_daily_loss', 'day start of equity|'],
  ['max_drawdown', 'lifetime peak of equity continuous|'],
])

function isLifetime(basis: string): boolean {
  return basis.startsWith('lifetime ')
}

/** Field by field: each event has some, and a spread costs several times as much as an assignment. */
export function limitStateToMessage(limit: LimitState, state: StateOfLimits): LimitStateMessage {
  const { name, measure, tests, basis, reference, initial, line, base } = limit
  const isLoss = measure === 'loss'
  const tested = testedIn(tests, state)
  const message: LimitStateMessage = {
    name,
    reference: moneyOrNull(reference),
    line: moneyOrNull(line),
    room: tested === null || line === null ? null : formatAmount(isLoss ? tested - line : line - tested),
    percent:
      tested === null || reference === null || base === null
        ? null
        : formatAmount(percentOf(isLoss ? reference - tested : tested - reference, base)),
  }
  if (!isLoss) message.measure = 'profit'
  if (tests !== 'equity') message.tests = tests
  if (basis !== SHORT_FORMS.get(name)) message.basis = basis
  const startEquity = isLifetime(basis) ? initial : state.dayEquity
  const startBalance = isLifetime(basis) ? null : state.dayBalance
  if (limit.startEquity !== startEquity) message.startEquity = moneyOrNull(limit.startEquity)
  if (limit.startBalance !== startBalance) message.startBalance = moneyOrNull(limit.startBalance)
  if (initial !== state.firstEquity) message.initial = moneyOrNull(initial)
  if (!limit.active) message.active = false
  if (base !== reference) message.base = moneyOrNull(base)
  addTiers(message, limit.tierLines, line)
  if (!limit.blocks) message.blocks = false
  if (limit.blocksAt !== line) message.blocksAt = moneyOrNull(limit.blocksAt)
  if (limit.warnedPct !== null) message.warnedPct = formatAmount(limit.warnedPct)
  if (limit.uncomputable !== null) message.uncomputable = limit.uncomputable
  return message
}

type TiersMessage = Pick<LimitStateMessage, 'firstTierAt' | 'tierLines'>

function addTiers(message: TiersMessage, tierLines: readonly Amount[], line: Amount | null): void {
  const [first, second] = tierLines
  if (tierLines.length === 2 && first !== undefined && second === line) {
    message.firstTierAt = formatAmount(first)
    return
  }
  const isPlain = line === null ? tierLines.length === 0 : tierLines.length === 1 && first === line
  if (!isPlain) message.tierLines = tierLines.map(formatAmount)
}

function tiersFromMessage(fields: Fields, { firstTierAt, tierLines }: TiersMessage, line: Amount | null): Amount[] {
  if (tierLines !== undefined) return tierLines.map((one) => fields.amount('tierLines', one))
  if (line === null) return []
  return firstTierAt === undefined ? [line] : [fields.amount('firstTierAt', firstTierAt), line]
}

/** Reads what {@link limitStateToMessage} wrote. */
export function limitStateFromMessage(message: LimitStateMessage, state: StateOfLimits): Parsed<LimitState> {
  const { name, base, blocksAt, startEquity, startBalance } = message
  const fields = new Fields(`limitStates.${name}`)
  const basis = message.basis ?? SHORT_FORMS.get(name)
  if (basis === undefined) return refused(`limitStates.${name}.basis is missing`)
  const reference = fields.amountOrNull('reference', message.reference)
  const line = fields.amountOrNull('line', message.line)
  const initial = message.initial === undefined ? state.firstEquity : fields.amountOrNull('initial', message.initial)
  const startsAt = isLifetime(basis)
    ? { equity: initial, balance: null }
    : { equity: state.dayEquity, balance: state.dayBalance }
  const limit: LimitState = {
    name,
    measure: message.measure ?? 'loss',
    tests: message.tests ?? 'equity',
    basis,
    reference,
    startEquity: startEquity === undefined ? startsAt.equity : fields.amountOrNull('startEquity', startEquity),
    startBalance: startBalance === undefined ? startsAt.balance : fields.amountOrNull('startBalance', startBalance),
    initial,
    active: message.active ?? true,
    base: base === undefined ? reference : fields.amountOrNull('base', base),
    line,
    tierLines: tiersFromMessage(fields, message, line),
    blocks: message.blocks ?? true,
    blocksAt: blocksAt === undefined ? line : fields.amountOrNull('blocksAt', blocksAt),
    warnedPct: fields.amountOrNull('warnedPct', message.warnedPct ?? null),
    uncomputable: message.uncomputable ?? null,
  }
  return fields.fault === null ? parsed(limit) : refused(fields.fault)
}
