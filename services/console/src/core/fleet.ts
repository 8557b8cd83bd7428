import { compileCheck, parseJson, type TraderId } from '@drawbridge/contracts'
import Type from 'typebox'

const text = Type.Union([Type.String(), Type.Null()])

/** What is kept of a trader's newest event. */
const NewestSchema = Type.Object({
  version: Type.Integer({ minimum: 1 }),
  type: Type.String(),
  recordedAt: Type.String(),
  decision: Type.Object({
    status: Type.Union([Type.Literal('allowed'), Type.Literal('paused')]),
    until: text,
    reason: text,
  }),
  dailyPnl: text,
  drawdownPct: text,
  state: Type.Object({ equity: text, peakEquity: text, staleSince: text }),
})
type Newest = Type.Static<typeof NewestSchema>
const checkNewest = compileCheck<Newest>(NewestSchema)

/** A trader in short. */
export interface FleetMember {
  readonly id: TraderId
  readonly version: number
  /** Type of the newest event, and when its input came. */
  readonly type: string
  readonly recordedAt: string
  readonly status: 'allowed' | 'paused'
  readonly until: string | null
  readonly reason: string | null
  readonly equity: string | null
  readonly peakEquity: string | null
  readonly dailyPnl: string | null
  readonly drawdownPct: string | null
  /** Since when no equity was reported, where that is judged and too long ago; else null. */
  readonly staleSince: string | null
}

export type FleetStatus = 'allowed' | 'paused' | 'stale'

export interface FleetPage {
  readonly traders: readonly FleetMember[]
  /** How many there are in all, of that status. */
  readonly total: number
  /** What to give as `after` for the page that follows; null: this is the last one. */
  readonly next: TraderId | null
}

/** All traders that the risk log knows, each in short: a few hundred bytes for each, and nothing of their past. */
export class Fleet {
  readonly #members = new Map<TraderId, FleetMember>()
  /** In the order of their ids; null: to be sorted anew. */
  #sorted: readonly TraderId[] | null = null

  /** Takes over a trader's event; false: it cannot be read. One that is older than what is known changes nothing. */
  apply(id: TraderId, data: Uint8Array): boolean {
    const json = parseJson(data)
    const newest = json.ok ? checkNewest(json.value.value) : json
    if (!newest.ok) return false
    const known = this.#members.get(id)
    const { version, type, recordedAt, decision, dailyPnl, drawdownPct, state } = newest.value
    if (known !== undefined && version <= known.version) return true
    if (known === undefined) this.#sorted = null
    const { status, until, reason } = decision
    const { equity, peakEquity, staleSince } = state
    this.#members.set(id, {
      id,
      version,
      type,
      recordedAt,
      status,
      until,
      reason,
      equity,
      peakEquity,
      dailyPnl,
      drawdownPct,
      staleSince,
    })
    return true
  }

  clear(): void {
    this.#members.clear()
    this.#sorted = null
  }

  /** Traders by their ids, those behind `after`; null: from the first. */
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

function isOf(member: FleetMember, status: FleetStatus | null): boolean {
  if (status === null) return true
  return status === 'stale' ? member.staleSince !== null : member.status === status
}
