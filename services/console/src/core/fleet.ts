import { compileCheck, parseJson, STANDING_CODES, type TraderId } from '@drawbridge/contracts'
import Type from 'typebox'
import { LimitLineSchema, LimitRoomSchema, roomPctOf, roomsOf } from './room-left.ts'

const text = Type.Union([Type.String(), Type.Null()])

const BudgetSchema = Type.Object({ room: Type.String(), limit: Type.String(), factor: Type.String() })

/** The stored part of a trader's newest event. */
const NewestSchema = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  type: Type.String(),
  recordedAt: Type.String(),
  decision: Type.Object({
    status: Type.Union([Type.Literal('allowed'), Type.Literal('paused'), Type.Literal('blocked')]),
    until: text,
    reason: text,
    code: Type.Optional(Type.Enum([...STANDING_CODES])),
    action: Type.Optional(Type.Union([Type.Enum(['block-entries', 'flatten']), Type.Null()])),
  }),
  budget: Type.Optional(Type.Union([BudgetSchema, Type.Null()])),
  dailyPnl: text,
  drawdownPct: text,
  state: Type.Object({
    equity: text,
    peakEquity: text,
    /** Absent where there is none. */
    staleSince: Type.Optional(text),
    pause: Type.Optional(
      Type.Union([Type.Object({ holds: Type.Array(Type.Object({ holder: Type.String() })) }), Type.Null()]),
    ),
    limitStates: Type.Optional(Type.Array(LimitLineSchema)),
    currency: Type.Optional(Type.String()),
    clock: Type.Optional(Type.String()),
  }),
})
type Newest = Type.Static<typeof NewestSchema>
const checkNewest = compileCheck<Newest>(NewestSchema)

/**
 * The summary of a trader. `type` and `recordedAt` are those of the newest event; `staleSince` is the time of the last
 * report, if the trader is silent for too long.
 */
export const FleetMemberSchema = Type.Object({
  id: Type.String(),
  version: Type.Integer({ minimum: 0, description: 'the version of its newest event' }),
  type: Type.String(),
  recordedAt: Type.String(),
  status: Type.Enum(['allowed', 'paused', 'blocked'], {
    description: 'paused: somebody or a limit holds it; blocked: entries wait for another reason, as the code says',
  }),
  code: Type.Union([Type.Enum([...STANDING_CODES]), Type.Null()], {
    description: 'null: its event is of earlier rules',
  }),
  action: Type.Union([Type.Enum(['block-entries', 'flatten']), Type.Null()]),
  until: text,
  reason: text,
  holders: Type.Array(Type.String(), { description: 'who holds the pause, like "limit:max_drawdown"' }),
  budget: Type.Union([BudgetSchema, Type.Null()], { description: 'how much may be lost yet' }),
  roomPct: Type.Union([Type.String(), Type.Null()], {
    description: 'what is left of the room of the limit of `budget`, percent of the whole; 0 or less: it is broken',
  }),
  equity: text,
  peakEquity: text,
  dailyPnl: text,
  drawdownPct: text,
  staleSince: text,
  currency: Type.Union([Type.String(), Type.Null()], {
    description: 'as the bot or the settings write it; null: neither does',
  }),
  timeBase: Type.Union([Type.Enum(['event', 'server']), Type.Null()], {
    description: 'event: its times are those that its ticks name',
  }),
  timeZone: Type.Union([Type.String(), Type.Null()], { description: 'of its trading day' }),
  limits: Type.Array(LimitRoomSchema, { description: 'the room to each limit, the nearest first' }),
  obeys: Type.Array(Type.String(), { description: 'the traders without whose gates this one is not open' }),
})
export type FleetMember = Type.Static<typeof FleetMemberSchema>
type FleetStatus = FleetMember['status'] | 'stale'

interface FleetPage {
  readonly traders: readonly FleetMember[]
  /** The total number with that status. */
  readonly total: number
  /** The `after` of the next page; null: this is the last one. */
  readonly next: TraderId | null
}

export type Obeys = ReadonlyMap<TraderId, readonly TraderId[]>
/** The currency of an account, by the settings. */
export type Currencies = (id: TraderId) => string | null

/** Summaries of all traders in the risk log: a few hundred bytes each, without their history. */
export class Fleet {
  readonly #members = new Map<TraderId, FleetMember>()
  /** Sorted by id; null: must be sorted again. */
  #sorted: readonly TraderId[] | null = null
  readonly #obeys: Obeys
  readonly #currencyOf: Currencies

  /** @param obeys whom each trader obeys, by the settings. @param currencyOf told where no tick has named one */
  constructor(obeys: Obeys = new Map(), currencyOf: Currencies = () => null) {
    this.#obeys = obeys
    this.#currencyOf = currencyOf
  }

  /** Applies a trader's event; false: it cannot be read. An event older than the known one changes nothing. */
  apply(id: TraderId, data: Uint8Array): boolean {
    const json = parseJson(data)
    const newest = json.ok ? checkNewest(json.value.value) : json
    if (!newest.ok) return false
    const known = this.#members.get(id)
    const { version, type, recordedAt, decision, budget = null, dailyPnl, drawdownPct, state } = newest.value
    if (known !== undefined && version <= known.version) return true
    if (known === undefined) this.#sorted = null
    const { status, code = null, action = null, until, reason } = decision
    const { equity, peakEquity, staleSince = null, pause = null, limitStates = [], currency, clock = '' } = state
    this.#members.set(id, {
      id,
      version,
      type,
      recordedAt,
      status,
      code,
      action,
      until,
      reason,
      holders: pause === null ? [] : pause.holds.map(({ holder }) => holder),
      budget,
      roomPct: roomPctOf(budget, limitStates),
      equity,
      peakEquity,
      dailyPnl,
      drawdownPct,
      staleSince,
      currency: currency ?? this.#currencyOf(id),
      ...clockOf(clock),
      limits: [...roomsOf(limitStates)],
      obeys: [...(this.#obeys.get(id) ?? [])],
    })
    return true
  }

  has(id: TraderId): boolean {
    return this.#members.has(id)
  }

  get(id: TraderId): FleetMember | null {
    return this.#members.get(id) ?? null
  }

  get size(): number {
    return this.#members.size
  }

  members(): Iterable<FleetMember> {
    return this.#members.values()
  }

  ids(): Iterable<TraderId> {
    return this.#members.keys()
  }

  clear(): void {
    this.#members.clear()
    this.#sorted = null
  }

  /** Traders by id, after `after`; null: from the first. */
  page(limit: number, after: TraderId | null, status: FleetStatus | null): FleetPage {
    this.#sorted ??= [...this.#members.keys()].sort()
    const traders: FleetMember[] = []
    let total = 0
    let isMore = false
    for (const id of this.#sorted) {
      const member = this.#members.get(id)
      if (member === undefined || !isOf(member, status)) continue
      total += 1
      if (after !== null && id <= after) continue
      if (traders.length < limit) traders.push(member)
      else isMore = true
    }
    return { traders, total, next: isMore ? (traders.at(-1)?.id ?? null) : null }
  }
}

/** What the clock of a state says: its time base, the time of its daily reset, and the zone of that. */
function clockOf(clock: string): Pick<FleetMember, 'timeBase' | 'timeZone'> {
  const [timeBase, , timeZone = null] = clock.split(' ')
  return { timeBase: timeBase === 'event' || timeBase === 'server' ? timeBase : null, timeZone }
}

function isOf(member: FleetMember, status: FleetStatus | null): boolean {
  if (status === null) return true
  return status === 'stale' ? member.staleSince !== null : member.status === status
}
