import { type Amount, type RiskEvent, type Tick, testedIn } from '@drawbridge/contracts'

/** What a gate looks at in a reading that is not judged yet. */
export type OwnReading = Pick<Tick, 'equity'> &
  Partial<Pick<Tick, 'balance' | 'netDeposits' | 'currency' | 'closed' | 'faults'>>
export type PlainReading = Pick<Tick, 'equity' | 'balance' | 'netDeposits' | 'currency'>

/** What is kept of it; null: it closes trades, or a field cannot be read, so that only a guardian can say what follows. */
export function plainReading(reading: OwnReading): PlainReading | null {
  const { equity, balance = null, netDeposits = null, currency = null, closed = [], faults = null } = reading
  return faults !== null || closed.length > 0 ? null : { equity, balance, netDeposits, currency }
}

/** What the last decision says of the account. */
export interface Judged {
  readonly equity: Amount
  readonly balance: Amount | null
  readonly netDeposits: Amount | null
  readonly currency: string | null
  /** By how much a value may move until the nearest line that blocks; null: there is none. */
  readonly room: Amount | null
}

/** Null: no reading is confirmed. */
export function judgedOf({ state }: Pick<RiskEvent, 'state'>): Judged | null {
  const { equity, balance, netDeposits, currency, limitStates, enforced } = state
  if (equity === null) return null
  let room: Amount | null = null
  for (const { measure, tests, blocksAt } of enforced ? limitStates : []) {
    const tested = testedIn(tests, state)
    if (tested === null || blocksAt === null) continue
    const left = measure === 'loss' ? tested - blocksAt : blocksAt - tested
    if (room === null || left < room) room = left
  }
  return { equity, balance, netDeposits, currency, room }
}

/** A reading within this part of the last one, 5 percent, is no glitch and no crash. */
const NEAR_PART = 20n

/**
 * Whether a reading may change the answer of the gate, so that it must be judged first. One is near if it moves by less
 * than the room to the nearest line and by less than 5 percent, and has nothing else that could matter. So a bot that
 * reports every second does not see its gate flicker, and one that has lost half of its account does not enter before the
 * guardian has said so.
 */
export function isFar(reading: PlainReading | null, judged: Judged | null): boolean {
  if (reading === null || judged === null) return true
  const { balance, netDeposits, currency } = reading
  if (currency !== null && judged.currency !== null && currency !== judged.currency) return true
  // While they do not count, no decision has them.
  if (judged.netDeposits !== null && netDeposits !== judged.netDeposits) return true
  if (isMoved(reading.equity, judged.equity, judged.room)) return true
  if (balance === null || judged.balance === null) return balance !== judged.balance
  return isMoved(balance, judged.balance, judged.room)
}

function isMoved(to: Amount, from: Amount, room: Amount | null): boolean {
  const by = to < from ? from - to : to - from
  if (by === 0n) return false
  return (room !== null && by >= room) || by * NEAR_PART >= from
}
