import Type from 'typebox'
import { formatAmount } from './amount.ts'
import {
  DaysSchema,
  daysFromMessage,
  daysToMessage,
  isSameDays,
  isSameNonZero,
  NonZeroSchema,
  nonZeroFromMessage,
  nonZeroToMessage,
} from './days-wire.ts'
import {
  PendingSchema,
  pendingFromMessage,
  pendingToMessage,
  ReadingSchema,
  ZerosSchema,
  zerosFromMessage,
  zerosToMessage,
} from './doubt-wire.ts'
import { formatInstant } from './instant.ts'
import { LIMIT_NAME_PATTERN } from './limit-name.ts'
import type { LimitMemory, LimitState, Reading, TraderState, Undo } from './risk-event.ts'
import { amount, count, nullable } from './schema-fields.ts'
import { type Fields, moneyOrNull } from './wire-fields.ts'

const amountOrNull = nullable(amount, 'a decimal string or null')

/** A limit that a reading moved, as it was before. Absent: as it is now. */
const LimitMemorySchema = Type.Object({
  name: Type.String({ pattern: LIMIT_NAME_PATTERN }),
  reference: Type.Optional(amountOrNull),
  startEquity: Type.Optional(amountOrNull),
  startBalance: Type.Optional(amountOrNull),
  initial: Type.Optional(amountOrNull),
  active: Type.Optional(Type.Boolean()),
})

/** What the last usable reading changed, in its wire form. Absent: it left that as it is. */
export const UndoSchema = Type.Object({
  /** Absent: the last confirmed one, as its parts; without a `currency` or an `at` it has none. */
  reading: Type.Optional(Type.Partial(Type.Object({ ...ReadingSchema.properties, netDeposits: amountOrNull }))),
  /** Absent: that of this event. */
  version: Type.Optional(count),
  equity: Type.Optional(amountOrNull),
  balance: Type.Optional(amountOrNull),
  peakEquity: Type.Optional(amountOrNull),
  dayEquity: Type.Optional(amountOrNull),
  dayBalance: Type.Optional(amountOrNull),
  firstEquity: Type.Optional(amountOrNull),
  currency: Type.Optional(nullable(Type.String(), 'a currency or null')),
  /** Absent: none waited, as the next one. */
  pending: Type.Optional(PendingSchema),
  zeros: Type.Optional(ZerosSchema),
  netDeposits: Type.Optional(amountOrNull),
  nonZero: Type.Optional(nullable(NonZeroSchema, 'values other than 0, or null')),
  days: Type.Optional(nullable(DaysSchema, 'the results of days, or null')),
  limitStates: Type.Optional(Type.Array(LimitMemorySchema)),
})
type UndoMessage = Type.Static<typeof UndoSchema>
type ReadingMessage = NonNullable<UndoMessage['reading']>
type LimitMemoryMessage = Type.Static<typeof LimitMemorySchema>

/** What of a state says what the wire form of an undo leaves out. */
export type StateOfUndo = Pick<
  TraderState,
  | 'version'
  | 'equity'
  | 'balance'
  | 'peakEquity'
  | 'dayEquity'
  | 'dayBalance'
  | 'firstEquity'
  | 'currency'
  | 'netDeposits'
  | 'nonZero'
  | 'days'
  | 'limitStates'
>

const MONEY = ['equity', 'balance', 'peakEquity', 'dayEquity', 'dayBalance', 'firstEquity', 'netDeposits'] as const

export function undoToMessage(undo: Undo, state: StateOfUndo): UndoMessage {
  const { reading, version, currency, pending, zeros, limitStates } = undo
  const told = readingToMessage(reading, state)
  const message: UndoMessage = {}
  if (told !== null) message.reading = told
  if (version !== state.version) message.version = version
  for (const name of MONEY) if (undo[name] !== state[name]) message[name] = moneyOrNull(undo[name])
  if (currency !== state.currency) message.currency = currency
  if (pending !== null) message.pending = pendingToMessage(pending)
  if (zeros !== null) message.zeros = zerosToMessage(zeros)
  if (!isSameNonZero(undo.nonZero, state.nonZero)) message.nonZero = undo.nonZero && nonZeroToMessage(undo.nonZero)
  if (!isSameDays(undo.days, state.days)) message.days = undo.days && daysToMessage(undo.days)
  if (limitStates.length > 0) {
    message.limitStates = limitStates.map((one) => memoryToMessage(one, namedIn(state.limitStates, one.name)))
  }
  return message
}

/** Null: it is the last confirmed one, and has nothing else. */
function readingToMessage({ equity, balance, netDeposits, currency, at }: Reading, state: StateOfUndo) {
  const message: ReadingMessage = {}
  if (equity !== state.equity) message.equity = formatAmount(equity)
  if (balance !== state.balance) message.balance = moneyOrNull(balance)
  if (netDeposits !== state.netDeposits) message.netDeposits = moneyOrNull(netDeposits)
  if (currency !== null) message.currency = currency
  if (at !== null) message.at = formatInstant(at)
  for (const _field in message) return message
  return null
}

function namedIn(states: readonly LimitState[], name: string): LimitState | undefined {
  return states.find((one) => one.name === name)
}

function memoryToMessage(before: LimitMemory, now: LimitState | undefined): LimitMemoryMessage {
  const { name, reference, startEquity, startBalance, initial, active } = before
  return {
    name,
    ...(reference === now?.reference ? {} : { reference: moneyOrNull(reference) }),
    ...(startEquity === now?.startEquity ? {} : { startEquity: moneyOrNull(startEquity) }),
    ...(startBalance === now?.startBalance ? {} : { startBalance: moneyOrNull(startBalance) }),
    ...(initial === now?.initial ? {} : { initial: moneyOrNull(initial) }),
    ...(active === now?.active ? {} : { active }),
  }
}

/** Reads what {@link undoToMessage} wrote. */
export function undoFromMessage(fields: Fields, undo: UndoMessage, state: StateOfUndo): Undo {
  const money = (name: (typeof MONEY)[number]) => {
    const text = undo[name]
    return text === undefined ? state[name] : fields.amountOrNull(`undo.${name}`, text)
  }
  const { nonZero, days } = undo
  return {
    reading: readingFromMessage(fields, undo.reading ?? {}, state),
    version: undo.version ?? state.version,
    equity: money('equity'),
    balance: money('balance'),
    peakEquity: money('peakEquity'),
    dayEquity: money('dayEquity'),
    dayBalance: money('dayBalance'),
    firstEquity: money('firstEquity'),
    currency: undo.currency === undefined ? state.currency : undo.currency,
    pending: pendingFromMessage(fields, undo.pending ?? null),
    zeros: zerosFromMessage(fields, undo.zeros),
    netDeposits: money('netDeposits'),
    nonZero: nonZero === undefined ? state.nonZero : nonZero && nonZeroFromMessage(fields, 'undo.nonZero', nonZero),
    days: days === undefined ? state.days : days && daysFromMessage(fields, 'undo.days', days),
    limitStates: (undo.limitStates ?? NONE).map((one) =>
      memoryFromMessage(fields, one, namedIn(state.limitStates, one.name)),
    ),
  }
}

const NONE: readonly LimitMemoryMessage[] = []

function readingFromMessage(fields: Fields, message: ReadingMessage, state: StateOfUndo): Reading {
  const { equity, balance, netDeposits, currency, at } = message
  if (equity === undefined && state.equity === null) fields.fault ??= 'state.undo.reading.equity is missing'
  return {
    equity: equity === undefined ? (state.equity ?? 0n) : fields.amount('undo.reading.equity', equity),
    balance: balance === undefined ? state.balance : fields.amountOrNull('undo.reading.balance', balance),
    netDeposits:
      netDeposits === undefined ? state.netDeposits : fields.amountOrNull('undo.reading.netDeposits', netDeposits),
    currency: currency ?? null,
    at: at === undefined ? null : fields.instant('undo.reading.at', at),
  }
}

function memoryFromMessage(fields: Fields, message: LimitMemoryMessage, now: LimitState | undefined): LimitMemory {
  const { name, reference, startEquity, startBalance, initial, active } = message
  const of = `undo.limitStates.${name}`
  if (initial === undefined && now === undefined) fields.fault ??= `state.${of}.initial is missing`
  return {
    name,
    reference: reference === undefined ? (now?.reference ?? null) : fields.amountOrNull(`${of}.reference`, reference),
    startEquity:
      startEquity === undefined ? (now?.startEquity ?? null) : fields.amountOrNull(`${of}.startEquity`, startEquity),
    startBalance:
      startBalance === undefined
        ? (now?.startBalance ?? null)
        : fields.amountOrNull(`${of}.startBalance`, startBalance),
    initial: initial === undefined ? (now?.initial ?? null) : fields.amountOrNull(`${of}.initial`, initial),
    active: active ?? now?.active ?? true,
  }
}
