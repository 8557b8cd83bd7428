import Type from 'typebox'
import { formatAmount } from './amount.ts'
import { formatInstant } from './instant.ts'
import {
  LimitStateSchema,
  limitStateFromMessage,
  limitStateToMessage,
  PendingSchema,
  pendingFromMessage,
  pendingToMessage,
  ReadingSchema,
  readingFromMessage,
  readingToMessage,
  ZerosSchema,
  zerosFromMessage,
  zerosToMessage,
} from './limit-state-wire.ts'
import { type Parsed, parsed, refused } from './parsed.ts'
import type { DayResults, LimitState, NonZero, Reading, TraderState } from './risk-event.ts'
import { amount, count, instant, nullable } from './schema-fields.ts'
import { Fields, moneyOrNull } from './wire-fields.ts'

const amountOrNull = nullable(amount, 'a decimal string or null')
const instantOrNull = nullable(instant, 'a time or null')
const KnownSchema = Type.Array(Type.Object({ id: Type.String(), at: instant }))
const NonZeroSchema = Type.Object({ equity: amountOrNull, balance: amountOrNull })
const DaysSchema = Type.Object({ best: amountOrNull, sum: amount, count, isCounted: Type.Boolean() })

/** What a state remembers of trades, flows and periods, in its wire form; a part that is not there is null. */
export const accountMemoryFields = {
  trades: Type.Optional(
    Type.Object({
      known: KnownSchema,
      losers: Type.Array(instant),
      losersInARow: count,
      inWindow: count,
      windowSince: instantOrNull,
    }),
  ),
  flows: Type.Optional(
    Type.Object({
      known: KnownSchema,
      total: amount,
      last: nullable(Type.Object({ at: instant, before: amount, after: amount }), 'the last cash flow, or null'),
    }),
  ),
  netDeposits: Type.Optional(amount),
  period: Type.Optional(Type.Object({ initialBalance: amountOrNull, peak: amountOrNull, dayStart: amountOrNull })),
  undo: Type.Optional(
    Type.Object({
      /** Absent: the last confirmed one. */
      reading: Type.Optional(ReadingSchema),
      /** Absent: that of this event. */
      version: Type.Optional(count),
      equity: amountOrNull,
      balance: amountOrNull,
      /** Absent: unchanged, as the others. */
      peakEquity: Type.Optional(amountOrNull),
      dayEquity: Type.Optional(amountOrNull),
      dayBalance: Type.Optional(amountOrNull),
      currency: Type.Optional(nullable(Type.String(), 'a currency or null')),
      pending: Type.Optional(PendingSchema),
      zeros: Type.Optional(ZerosSchema),
      netDeposits: Type.Optional(amountOrNull),
      nonZero: Type.Optional(nullable(NonZeroSchema, 'values other than 0, or null')),
      days: Type.Optional(nullable(DaysSchema, 'the results of days, or null')),
      limitStates: Type.Optional(Type.Array(LimitStateSchema)),
    }),
  ),
  nonZero: Type.Optional(NonZeroSchema),
  days: Type.Optional(DaysSchema),
}
const AccountMemorySchema = Type.Object(accountMemoryFields)
type AccountMemoryMessage = Type.Static<typeof AccountMemorySchema>
type AccountMemory = Pick<TraderState, keyof typeof accountMemoryFields>

export function accountMemoryToMessage(state: TraderState): AccountMemoryMessage {
  const { trades, flows, netDeposits, period, undo, nonZero, days } = state
  return {
    ...(trades === null
      ? {}
      : {
          trades: {
            known: trades.known.map(knownToMessage),
            losers: trades.losers.map(formatInstant),
            losersInARow: trades.losersInARow,
            inWindow: trades.inWindow,
            windowSince: trades.windowSince === null ? null : formatInstant(trades.windowSince),
          },
        }),
    ...(flows === null ? {} : { flows: flowsToMessage(flows) }),
    ...(netDeposits === null ? {} : { netDeposits: formatAmount(netDeposits) }),
    ...(period === null
      ? {}
      : {
          period: {
            initialBalance: moneyOrNull(period.initialBalance),
            peak: moneyOrNull(period.peak),
            dayStart: moneyOrNull(period.dayStart),
          },
        }),
    ...(undo === null ? {} : { undo: undoToMessage(undo, state) }),
    ...(nonZero === null ? {} : { nonZero: nonZeroToMessage(nonZero) }),
    ...(days === null ? {} : { days: daysToMessage(days) }),
  }
}

function nonZeroToMessage({ equity, balance }: NonZero) {
  return { equity: moneyOrNull(equity), balance: moneyOrNull(balance) }
}

function daysToMessage({ best, sum, count: days, isCounted }: DayResults) {
  return { best: moneyOrNull(best), sum: formatAmount(sum), count: days, isCounted }
}

function knownToMessage({ id, at }: { readonly id: string; readonly at: number }) {
  return { id, at: formatInstant(at) }
}

function flowsToMessage({ known, total, last }: NonNullable<AccountMemory['flows']>) {
  return {
    known: known.map(knownToMessage),
    total: formatAmount(total),
    last:
      last === null
        ? null
        : { at: formatInstant(last.at), before: formatAmount(last.before), after: formatAmount(last.after) },
  }
}

type UndoMessage = NonNullable<AccountMemoryMessage['undo']>

function undoToMessage(undo: NonNullable<AccountMemory['undo']>, state: TraderState): UndoMessage {
  const { reading, pending, zeros, dayEquity, dayBalance, currency } = undo
  const isLast = isSameReading(reading, lastReadingOf(state))
  return {
    ...(isLast ? {} : { reading: readingToMessage(reading) }),
    ...(undo.version === state.version ? {} : { version: undo.version }),
    equity: moneyOrNull(undo.equity),
    balance: moneyOrNull(undo.balance),
    ...(undo.peakEquity === state.peakEquity ? {} : { peakEquity: moneyOrNull(undo.peakEquity) }),
    ...(dayEquity === state.dayEquity ? {} : { dayEquity: moneyOrNull(dayEquity) }),
    ...(dayBalance === state.dayBalance ? {} : { dayBalance: moneyOrNull(dayBalance) }),
    ...(currency === state.currency ? {} : { currency }),
    ...(pending === null ? {} : { pending: pendingToMessage(pending) }),
    ...(zeros === null ? {} : { zeros: zerosToMessage(zeros) }),
    ...(undo.netDeposits === state.netDeposits ? {} : { netDeposits: moneyOrNull(undo.netDeposits) }),
    ...(isSameNonZero(undo.nonZero, state.nonZero)
      ? {}
      : { nonZero: undo.nonZero === null ? null : nonZeroToMessage(undo.nonZero) }),
    ...(isSameDays(undo.days, state.days) ? {} : { days: undo.days === null ? null : daysToMessage(undo.days) }),
    ...(undo.limitStates.length === 0 ? {} : { limitStates: undo.limitStates.map(limitStateToMessage) }),
  }
}

/** The last confirmed reading, as far as a state knows it. */
function lastReadingOf({ equity, balance, netDeposits }: StateOfUndo): Reading | null {
  return equity === null ? null : { equity, balance, netDeposits, currency: null, at: null }
}

function isSameReading(a: Reading, b: Reading | null): boolean {
  if (b === null || a.equity !== b.equity || a.balance !== b.balance) return false
  return a.netDeposits === b.netDeposits && a.currency === b.currency && a.at === b.at
}

function isSameNonZero(a: NonZero | null, b: NonZero | null): boolean {
  return a?.equity === b?.equity && a?.balance === b?.balance
}

function isSameDays(a: DayResults | null, b: DayResults | null): boolean {
  return a?.best === b?.best && a?.sum === b?.sum && a?.count === b?.count && a?.isCounted === b?.isCounted
}

/** What an undo may leave out. */
type StateOfUndo = Pick<
  TraderState,
  'equity' | 'balance' | 'peakEquity' | 'dayEquity' | 'dayBalance' | 'currency' | 'version'
> &
  Pick<AccountMemory, 'netDeposits' | 'nonZero' | 'days'>

function undoFromMessage(fields: Fields, undo: UndoMessage, state: StateOfUndo): AccountMemory['undo'] {
  const limitStates: LimitState[] = []
  for (const one of undo.limitStates ?? []) {
    const read = limitStateFromMessage(one)
    if (read.ok) limitStates.push(read.value)
    else fields.fault ??= `undo: ${read.reason}`
  }
  const last = lastReadingOf(state)
  if (undo.reading === undefined && last === null) fields.fault ??= 'state.undo.reading is missing'
  const { peakEquity, dayEquity, dayBalance, netDeposits, reading } = undo
  return {
    reading:
      reading === undefined
        ? (last ?? { equity: 0n, balance: null, netDeposits: null, currency: null, at: null })
        : readingFromMessage(fields, 'undo.reading', reading),
    version: undo.version ?? state.version,
    equity: fields.amountOrNull('undo.equity', undo.equity),
    balance: fields.amountOrNull('undo.balance', undo.balance),
    peakEquity: peakEquity === undefined ? state.peakEquity : fields.amountOrNull('undo.peakEquity', peakEquity),
    dayEquity: dayEquity === undefined ? state.dayEquity : fields.amountOrNull('undo.dayEquity', dayEquity),
    dayBalance: dayBalance === undefined ? state.dayBalance : fields.amountOrNull('undo.dayBalance', dayBalance),
    currency: undo.currency === undefined ? state.currency : undo.currency,
    pending: pendingFromMessage(fields, undo.pending ?? null),
    zeros: zerosFromMessage(fields, undo.zeros),
    netDeposits: netDeposits === undefined ? state.netDeposits : fields.amountOrNull('undo.netDeposits', netDeposits),
    nonZero: undo.nonZero === undefined ? state.nonZero : nonZeroFromMessage(fields, 'undo.nonZero', undo.nonZero),
    days: undo.days === undefined ? state.days : daysFromMessage(fields, 'undo.days', undo.days),
    limitStates,
  }
}

function nonZeroFromMessage(fields: Fields, name: string, message: AccountMemoryMessage['nonZero'] | null) {
  if (message === undefined || message === null) return null
  const { equity, balance } = message
  return {
    equity: fields.amountOrNull(`${name}.equity`, equity),
    balance: fields.amountOrNull(`${name}.balance`, balance),
  }
}

function daysFromMessage(fields: Fields, name: string, message: AccountMemoryMessage['days'] | null) {
  if (message === undefined || message === null) return null
  const { best, sum } = message
  return { ...message, best: fields.amountOrNull(`${name}.best`, best), sum: fields.amount(`${name}.sum`, sum) }
}

/** Reads what {@link accountMemoryToMessage} wrote. */
export function accountMemoryFromMessage(
  message: AccountMemoryMessage,
  state: Omit<StateOfUndo, keyof AccountMemory>,
): Parsed<AccountMemory> {
  const { trades, flows, netDeposits, period, undo, nonZero, days } = message
  const fields = new Fields('state')
  const known = (name: string, list: readonly { readonly id: string; readonly at: string }[]) =>
    list.map(({ id, at }) => ({ id, at: fields.instant(`${name}.at`, at) }))
  const kept = {
    netDeposits: netDeposits === undefined ? null : fields.amount('netDeposits', netDeposits),
    nonZero: nonZeroFromMessage(fields, 'nonZero', nonZero),
    days: daysFromMessage(fields, 'days', days),
  }
  const memory: AccountMemory = {
    trades:
      trades === undefined
        ? null
        : {
            known: known('trades.known', trades.known),
            losers: trades.losers.map((at) => fields.instant('trades.losers', at)),
            losersInARow: trades.losersInARow,
            inWindow: trades.inWindow,
            windowSince: fields.instantOrNull('trades.windowSince', trades.windowSince),
          },
    flows:
      flows === undefined
        ? null
        : {
            known: known('flows.known', flows.known),
            total: fields.amount('flows.total', flows.total),
            last:
              flows.last === null
                ? null
                : {
                    at: fields.instant('flows.last.at', flows.last.at),
                    before: fields.amount('flows.last.before', flows.last.before),
                    after: fields.amount('flows.last.after', flows.last.after),
                  },
          },
    ...kept,
    period:
      period === undefined
        ? null
        : {
            initialBalance: fields.amountOrNull('period.initialBalance', period.initialBalance),
            peak: fields.amountOrNull('period.peak', period.peak),
            dayStart: fields.amountOrNull('period.dayStart', period.dayStart),
          },
    undo: undo === undefined ? null : undoFromMessage(fields, undo, { ...state, ...kept }),
  }
  return fields.fault === null ? parsed(memory) : refused(fields.fault)
}
