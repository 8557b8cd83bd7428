import type { Gate } from '@drawbridge/client'
import type { TraderId } from '@drawbridge/contracts'
import type { Disturbances } from '../disturbances.ts'
import type { TraderNode } from '../nodes/trader-node.ts'
import type { Report, Trace } from '../trace.ts'
import type { Decision, RiskLogInvariants } from './risk-log.ts'

/** A stored decision closes a gate within this time, unless a fault disturbs the connection. */
const DELIVERED_WITHIN_MS = 2_000
/** A guardian checks the end of the input log once a second, and waits two seconds for the answer. */
const SEEN_WITHIN_MS = 3_000

/**
 * A gate is open only by a decision that allows entries, and never by an older one. It is closed a lease after the last
 * heartbeat, while an input is undecided for one and a half leases, and when a decision that blocks entries has been
 * stored for longer than its delivery takes. Reducing is always allowed.
 */
export class GateInvariants {
  readonly #leaseMs: number
  readonly #risk: RiskLogInvariants
  readonly #disturbances: Disturbances
  readonly #report: Report
  readonly #trace: Trace
  /** By trader, in the order of their versions. */
  readonly #decisions = new Map<TraderId, { readonly blocked: boolean; readonly storedAt: number }[]>()
  readonly #seen = new WeakMap<Gate, { version: number; open: boolean }>()

  constructor(leaseMs: number, risk: RiskLogInvariants, disturbances: Disturbances, report: Report, trace: Trace) {
    this.#leaseMs = leaseMs
    this.#risk = risk
    this.#disturbances = disturbances
    this.#report = report
    this.#trace = trace
  }

  /** RISK has stored a decision just now. */
  onDecision(trader: TraderId, decision: Decision): void {
    const decisions = this.#decisions.get(trader)
    const kept = { blocked: !decision.allowed, storedAt: performance.now() }
    if (decisions === undefined) this.#decisions.set(trader, [kept])
    else decisions.push(kept)
  }

  /** Checks the gates of a process as they are now. */
  look(node: TraderNode): void {
    const now = performance.now()
    for (const [trader, gate] of node.gates) {
      const open = gate.canTrade('enter').allowed
      const seen = this.#seen.get(gate)
      if (seen === undefined) this.#seen.set(gate, { version: gate.version, open })
      else {
        if (gate.version < seen.version) this.#say(node, trader, `goes back from v${seen.version} to v${gate.version}`)
        if (open !== seen.open)
          this.#trace.add(node.name, `gate of ${trader} ${open ? 'opens' : 'closes'} at v${gate.version}`)
        seen.version = gate.version
        seen.open = open
      }
      if (open) this.#lookAtOpen(node, trader, gate, now)
      if (!gate.canTrade('reduce').allowed) this.#say(node, trader, 'does not let exposure be reduced')
    }
  }

  /** Whether the gate agrees with the log when nothing is in progress. */
  isRight(trader: TraderId, gate: Gate): boolean {
    const last = this.#decisions.get(trader)?.at(-1)
    return last === undefined || gate.canTrade('enter').allowed === !last.blocked
  }

  #lookAtOpen(node: TraderNode, trader: TraderId, gate: Gate, now: number): void {
    const decisions = this.#decisions.get(trader) ?? []
    const applied = decisions[gate.version - 1]
    if (applied === undefined || applied.blocked) {
      this.#say(node, trader, `is open by v${gate.version}, which does not allow`)
    }
    const silentFor = node.heartbeatAt === null ? Number.POSITIVE_INFINITY : now - node.heartbeatAt
    if (silentFor > this.#leaseMs) this.#say(node, trader, `is open ${silentFor} ms after the last heartbeat`)
    const undecided = this.#risk.oldestOpen
    if (undecided !== null) {
      const forMs = now - Math.max(undecided.since, this.#disturbances.allQuietSince)
      if (forMs > 1.5 * this.#leaseMs + SEEN_WITHIN_MS) {
        this.#say(node, trader, `is open, although input ${undecided.seq} is not settled for ${forMs} ms`)
      }
    }
    const last = decisions.at(-1)
    if (last?.blocked !== true) return
    const quietSince = this.#disturbances.quietSince(node.name)
    const late =
      now - Math.max(last.storedAt, quietSince) > DELIVERED_WITHIN_MS ||
      now - last.storedAt > this.#leaseMs + DELIVERED_WITHIN_MS
    if (late) this.#say(node, trader, `is open ${now - last.storedAt} ms after the decision against entries was stored`)
  }

  #say(node: TraderNode, trader: TraderId, what: string): void {
    this.#report('gate', `the gate of ${trader} in ${node.name} ${what}`)
  }
}
