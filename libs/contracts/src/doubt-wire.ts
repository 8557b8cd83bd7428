import Type from 'typebox'
import { formatAmount } from './amount.ts'
import { formatInstant } from './instant.ts'
import { type Parsed, parsed, refused } from './parsed.ts'
import type { Doubt, PendingReading, Reading, ZeroReadings } from './risk-event.ts'
import { amount, count, instant, nullable } from './schema-fields.ts'
import { Fields, moneyOrNull, timeOrNull } from './wire-fields.ts'

const amountOrNull = nullable(amount, 'a decimal string or null')
const instantOrNull = nullable(instant, 'a time or null')

export const ReadingSchema = Type.Object({
  equity: amount,
  balance: amountOrNull,
  netDeposits: Type.Optional(amount),
  currency: Type.Optional(Type.String()),
  at: Type.Optional(instant),
})

export const PendingSchema = nullable(
  Type.Object({
    nearest: ReadingSchema,
    newest: ReadingSchema,
    newestAt: instant,
    newestReceivedAt: instant,
    side: nullable(Type.Union([Type.Literal('above'), Type.Literal('below')]), '"above", "below" or null'),
    of: Type.Union([Type.Literal('equity'), Type.Literal('balance')]),
    since: instant,
    receivedAt: instant,
    reportedAt: instantOrNull,
  }),
  'a reading that waits, or null',
)
type PendingMessage = Type.Static<typeof PendingSchema>

export const ZerosSchema = Type.Object({ count, since: instant, receivedAt: instant, reportedAt: instantOrNull })
type ZerosMessage = Type.Static<typeof ZerosSchema>

/** The wire form of a doubt. */
export const DoubtSchema = Type.Object({
  pending: PendingSchema,
  zeros: Type.Optional(ZerosSchema),
  rejected: nullable(Type.String(), 'a text or null'),
  late: nullable(Type.Object({ count, since: instant, blocks: Type.Boolean() }), 'late ticks or null'),
})
type DoubtMessage = Type.Static<typeof DoubtSchema>

/** Field by field: the same doubt gives the same bytes, wherever it was read from. */
export function doubtToMessage({ pending, zeros, rejected, late }: Doubt): DoubtMessage {
  return {
    pending: pendingToMessage(pending),
    ...(zeros === null ? {} : { zeros: zerosToMessage(zeros) }),
    rejected,
    late: late === null ? null : { count: late.count, since: formatInstant(late.since), blocks: late.blocks },
  }
}

export function zerosToMessage({ count, since, receivedAt, reportedAt }: ZeroReadings): ZerosMessage {
  return {
    count,
    since: formatInstant(since),
    receivedAt: formatInstant(receivedAt),
    reportedAt: timeOrNull(reportedAt),
  }
}

export function zerosFromMessage(fields: Fields, zeros: ZerosMessage | undefined): ZeroReadings | null {
  if (zeros === undefined) return null
  return {
    count: zeros.count,
    since: fields.instant('zeros.since', zeros.since),
    receivedAt: fields.instant('zeros.receivedAt', zeros.receivedAt),
    reportedAt: fields.instantOrNull('zeros.reportedAt', zeros.reportedAt),
  }
}

export function pendingToMessage(pending: PendingReading | null): PendingMessage {
  if (pending === null) return null
  return {
    nearest: readingToMessage(pending.nearest),
    newest: readingToMessage(pending.newest),
    newestAt: formatInstant(pending.newestAt),
    newestReceivedAt: formatInstant(pending.newestReceivedAt),
    side: pending.side,
    of: pending.of,
    since: formatInstant(pending.since),
    receivedAt: formatInstant(pending.receivedAt),
    reportedAt: timeOrNull(pending.reportedAt),
  }
}

export function readingToMessage({
  equity,
  balance,
  netDeposits,
  currency,
  at,
}: Reading): Type.Static<typeof ReadingSchema> {
  return {
    equity: formatAmount(equity),
    balance: moneyOrNull(balance),
    ...(netDeposits === null ? {} : { netDeposits: formatAmount(netDeposits) }),
    ...(currency === null ? {} : { currency }),
    ...(at === null ? {} : { at: formatInstant(at) }),
  }
}

/** Reads what {@link doubtToMessage} wrote. */
export function doubtFromMessage({ pending, zeros, rejected, late }: DoubtMessage): Parsed<Doubt> {
  const fields = new Fields('doubt')
  const doubt: Doubt = {
    pending: pendingFromMessage(fields, pending),
    zeros: zerosFromMessage(fields, zeros),
    rejected,
    late: late === null ? null : { ...late, since: fields.instant('late.since', late.since) },
  }
  return fields.fault === null ? parsed(doubt) : refused(fields.fault)
}

export function pendingFromMessage(fields: Fields, pending: PendingMessage): PendingReading | null {
  if (pending === null) return null
  return {
    ...pending,
    nearest: readingFromMessage(fields, 'pending.nearest', pending.nearest),
    newest: readingFromMessage(fields, 'pending.newest', pending.newest),
    newestAt: fields.instant('pending.newestAt', pending.newestAt),
    newestReceivedAt: fields.instant('pending.newestReceivedAt', pending.newestReceivedAt),
    since: fields.instant('pending.since', pending.since),
    receivedAt: fields.instant('pending.receivedAt', pending.receivedAt),
    reportedAt: fields.instantOrNull('pending.reportedAt', pending.reportedAt),
  }
}

export function readingFromMessage(
  fields: Fields,
  name: string,
  { equity, balance, netDeposits, currency, at }: Type.Static<typeof ReadingSchema>,
): Reading {
  return {
    equity: fields.amount(`${name}.equity`, equity),
    balance: fields.amountOrNull(`${name}.balance`, balance),
    netDeposits: netDeposits === undefined ? null : fields.amount(`${name}.netDeposits`, netDeposits),
    currency: currency ?? null,
    at: at === undefined ? null : fields.instant(`${name}.at`, at),
  }
}
