import Type from 'typebox'
import { formatAmount } from './amount.ts'
import {
  DaysSchema,
  daysFromMessage,
  daysToMessage,
  NonZeroSchema,
  nonZeroFromMessage,
  nonZeroToMessage,
} from './days-wire.ts'
import { formatInstant } from './instant.ts'
import { type Parsed, parsed, refused } from './parsed.ts'
import type { TraderState } from './risk-event.ts'
import { amount, count, instant, nullable } from './schema-fields.ts'
import { type StateOfUndo, UndoSchema, undoFromMessage, undoToMessage } from './undo-wire.ts'
import { Fields, moneyOrNull, timeOrNull } from './wire-fields.ts'

const amountOrNull = nullable(amount, 'a decimal string or null')
const instantOrNull = nullable(instant, 'a time or null')
const KnownSchema = Type.Array(Type.Object({ id: Type.String(), at: instant }))

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
  undo: Type.Optional(UndoSchema),
  nonZero: Type.Optional(NonZeroSchema),
  days: Type.Optional(DaysSchema),
}
const AccountMemorySchema = Type.Object(accountMemoryFields)
type AccountMemoryMessage = Type.Static<typeof AccountMemorySchema>
type AccountMemory = Pick<TraderState, keyof typeof accountMemoryFields>

export function addAccountMemory(message: AccountMemoryMessage, state: TraderState): void {
  const { trades, flows, netDeposits, period, undo, nonZero, days } = state
  if (trades !== null) message.trades = tradesToMessage(trades)
  if (flows !== null) message.flows = flowsToMessage(flows)
  if (netDeposits !== null) message.netDeposits = formatAmount(netDeposits)
  if (period !== null) {
    const { initialBalance, peak, dayStart } = period
    message.period = {
      initialBalance: moneyOrNull(initialBalance),
      peak: moneyOrNull(peak),
      dayStart: moneyOrNull(dayStart),
    }
  }
  if (undo !== null) message.undo = undoToMessage(undo, state)
  if (nonZero !== null) message.nonZero = nonZeroToMessage(nonZero)
  if (days !== null) message.days = daysToMessage(days)
}

function tradesToMessage({ known, losers, losersInARow, inWindow, windowSince }: NonNullable<AccountMemory['trades']>) {
  return {
    known: known.map(knownToMessage),
    losers: losers.map(formatInstant),
    losersInARow,
    inWindow,
    windowSince: timeOrNull(windowSince),
  }
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

/** Reads what {@link addAccountMemory} wrote. */
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
    nonZero: nonZero === undefined ? null : nonZeroFromMessage(fields, 'nonZero', nonZero),
    days: days === undefined ? null : daysFromMessage(fields, 'days', days),
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
