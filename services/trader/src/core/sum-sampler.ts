import type { Amount, TraderId, TraderState } from '@drawbridge/contracts'
import { type Sum, seqOf, sumOf } from './sum.ts'
import { isNews, type KnownOf, type Member, type MemberReading, memberOf } from './sum-member.ts'
import { SumRound } from './sum-round.ts'
import { groupName, isOf, runAfter } from './sum-run.ts'

interface SamplerOptions {
  readonly trader: TraderId
  readonly members: readonly TraderId[]
  readonly settleMs: number
  /** So long it leaves the samples to another process that takes them. */
  readonly standbyMs: number
  /** Whether a reading of the sum may change what its gate answers. */
  readonly mayChange: (sum: Sum) => boolean
}

/** What follows from what is known. */
export interface Step {
  readonly sample: { readonly sum: Sum; readonly run: string } | null
  /** Why nobody can say how the group stands; null: its last decision says it. */
  readonly undecided: string | null
  /** When to look again, if nothing is heard before; null: not. */
  readonly dueAt: number | null
}

/** The last sample that anybody took. */
interface LastSample {
  readonly seq: number
  readonly netDeposits: Amount | null
}

const NEVER_SAMPLED: LastSample = { seq: 0, netDeposits: null }
const NOTHING: Step = { sample: null, undecided: null, dueAt: null }

/**
 * Decides when the sum of a group is sampled: when a round of reports is over. A round is not taken, and the next one is
 * waited for, while
 *
 * - money has come or gone that may be half of a transfer between two members, `settleMs` at most;
 * - another process takes the samples. What it takes is heard by the group's log.
 *
 * Without a fresh confirmed reading of every member, there is no sample. Times are those of any clock that never goes back.
 */
export class SumSampler {
  readonly #options: SamplerOptions
  readonly #members: Map<TraderId, Member>
  /** The last fresh reading of each. */
  readonly #heard = new Map<TraderId, MemberReading>()
  readonly #round: SumRound
  /** The name of the group in runs; null: it follows from the readings. */
  #group: string | null = null
  #log: KnownOf = { known: false }
  /** The last one that was taken here; null: none since the log was known. */
  #sent: LastSample | null = null
  /** Whether the samples are taken here. */
  #isActive = false
  /** Since when money that has come or gone is looked at; null: there is none. */
  #flowSince: number | null = null
  /** Since when a sample of another process is missing; null: none is. */
  #missingSince: number | null = null
  /** A round was over, and was not taken. */
  #isHeld = false
  /** Whether nobody could tell the sum when it was looked at last. */
  #wasRefused = true
  /** A member whose account period began again, while the group's goes on; null: none is known. */
  #restarted: TraderId | null = null

  constructor(options: SamplerOptions) {
    const { members, settleMs } = options
    this.#options = options
    this.#members = new Map(members.map((one) => [one, memberOf(one, { known: false }, null)]))
    this.#round = new SumRound(members.length, settleMs)
  }

  /** A member, as it stands now. @param restarted whether its account period has just begun again */
  hear(trader: TraderId, member: Member, now: number, restarted = false): void {
    this.#members.set(trader, member)
    if (restarted && this.#hasReading) this.#restarted = trader
    // What was said while nobody could tell the sum is old by now: all others are heard again.
    if (this.#wasRefused) this.#round.clear()
    if (member.kind === 'doubtful') return
    const before = this.#heard.get(trader)
    this.#heard.set(trader, member.reading)
    if (before?.firstEquity !== member.reading.firstEquity) this.#group = null
    const seq = seqOf(this.#members)
    if (before !== undefined && isNews(before, member.reading)) this.#round.spoke(trader, seq, now)
  }

  /** The group's own log, as it stands now: it has the samples of every process. */
  hearLog(log: KnownOf, now: number): void {
    const before = this.#last.seq
    this.#log = log
    if (!log.known) {
      // It may go on as another log, with lower versions.
      this.#sent = null
      return
    }
    if (!this.#hasReading) this.#restarted = null
    const { seq } = this.#last
    if (seq <= before) return
    this.#isActive = false
    this.#missingSince = null
    // The sample may lack a part of what was held here.
    if (this.#isHeld && seqOf(this.#members) > seq) this.#round.begin(now)
    this.#isHeld = false
  }

  /** What became of a sample that was taken here. @param counts whether it was the first one of its count */
  judged(counts: boolean): void {
    this.#isActive = counts
  }

  look(now: number): Step {
    if (!this.#log.known) return NOTHING
    const sum = sumOf(this.#members)
    const run = sum.ok ? this.#run : null
    if (!sum.ok || run === null) {
      this.#wasRefused = true
      this.#isHeld = false
      this.#flowSince = null
      this.#missingSince = null
      return { ...NOTHING, undecided: sum.ok ? this.#otherGroup : sum.reason }
    }
    const { seq } = this.#last
    if (this.#wasRefused && sum.value.seq > seq) this.#round.begin(now)
    this.#wasRefused = false
    this.#round.sampled(seq)
    const holdUntil = this.#holdUntil(sum.value, now)
    if (sum.value.seq <= seq) {
      this.#round.clear()
      return { ...NOTHING, undecided: this.#uncounted }
    }
    if (this.#round.isOver(now)) {
      if (now >= holdUntil) return this.#take(sum.value, run, now)
      this.#round.clear()
      this.#isHeld = true
    }
    if (this.#isHeld && this.#round.isEmpty && now >= holdUntil) return this.#take(sum.value, run, now)
    return this.#wait(sum.value, this.#round.overAt ?? (this.#isHeld ? holdUntil : null))
  }

  /** Until when a round that is over is not taken; not after now: it is. */
  #holdUntil({ netDeposits }: Sum, now: number): number {
    const { settleMs, standbyMs } = this.#options
    const known = this.#last.netDeposits
    if (known === null || known === netDeposits) this.#flowSince = null
    else this.#flowSince ??= now
    const flow = this.#flowSince === null ? now : this.#flowSince + settleMs
    if (this.#isActive) return flow
    if (this.#round.isOver(now)) this.#missingSince ??= now
    return Math.max(flow, (this.#missingSince ?? now) + standbyMs)
  }

  #take(sum: Sum, run: string, now: number): Step {
    this.#sent = { seq: sum.seq, netDeposits: sum.netDeposits }
    this.#round.clear()
    this.#isHeld = false
    this.#flowSince = null
    // If another process was first, it is told.
    this.#isActive = true
    this.#missingSince = null
    return { sample: { sum, run }, undecided: this.#uncounted, dueAt: now }
  }

  #wait(sum: Sum, dueAt: number | null): Step {
    if (dueAt === null || !this.#options.mayChange(sum)) return { sample: null, undecided: this.#uncounted, dueAt }
    const missing = this.#options.members.filter((one) => !this.#round.has(one))
    const whom = this.#isHeld || missing.length === 0 ? 'its members' : namesOf(missing)
    return { sample: null, undecided: `the sum may have changed this answer, and waits for ${whom}`, dueAt }
  }

  /** The run in which the next sample counts; null: those in the log are of another group. */
  get #run(): string | null {
    const group = this.#groupName
    if (group === null || this.#restarted !== null) return null
    if (isOf(group, this.#loggedRun)) return this.#loggedRun
    return this.#hasReading ? null : runAfter(group, this.#loggedRun)
  }

  /** Null: not every member has been heard yet. */
  get #groupName(): string | null {
    if (this.#heard.size < this.#members.size) return null
    this.#group ??= groupName(new Map([...this.#heard].map(([trader, { firstEquity }]) => [trader, firstEquity])))
    return this.#group
  }

  /** The last sample of any process that is known. */
  get #last(): LastSample {
    const logged = this.#logged
    return this.#sent !== null && this.#sent.seq > logged.seq ? this.#sent : logged
  }

  get #logged(): LastSample {
    const group = this.#groupName
    if (group === null || !isOf(group, this.#loggedRun)) return NEVER_SAMPLED
    const state = this.#state
    const netDeposits = state?.doubt.pending?.newest.netDeposits ?? state?.netDeposits ?? null
    return { seq: state?.sequence?.seq ?? 0, netDeposits }
  }

  get #state(): TraderState | null {
    return this.#log.known ? (this.#log.event?.state ?? null) : null
  }

  get #loggedRun(): string | null {
    return this.#state?.sequence?.run ?? null
  }

  get #hasReading(): boolean {
    return this.#state !== null && this.#state.equity !== null
  }

  get #otherGroup(): string {
    const { trader } = this.#options
    const one = this.#restarted
    const what = one === null ? 'its members are others than before, or one was restarted' : `${one} was restarted`
    return `${what}: begin its account period again, too: npm run drawbridge -- restart ${trader} --reason "..."`
  }

  /** Why a deposit of a member may look like a profit; null: it does not. */
  get #uncounted(): string | null {
    const state = this.#state
    if (state === null || state.equity === null || state.netDeposits !== null) return null
    return 'its net_deposits do not count: put the settings in force with: npm run drawbridge -- apply-config'
  }
}

const NAMED_MAX = 5

function namesOf(traders: readonly TraderId[]): string {
  const more = traders.length > NAMED_MAX ? ` and ${traders.length - NAMED_MAX} more` : ''
  return traders.slice(0, NAMED_MAX).join(', ') + more
}
