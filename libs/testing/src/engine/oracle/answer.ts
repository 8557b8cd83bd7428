import { compare, cutDown, cutUp, decimal, type Fraction, isPositive, minus, percentage, text } from './fractions.ts'
import { holder } from './holds.ts'
import { currentLine } from './judge.ts'
import { type Limit, RANK } from './limit.ts'
import { blockingTier, type Line, lossPercent, tierLine, usedPercent } from './lines.ts'
import { dayResult } from './references.ts'
import { reportOf } from './report.ts'
import type { State } from './state.ts'
import { nextWake } from './time.ts'
import { CODES, type Code, type Verdict } from './verdict.ts'
import { limitsOf } from './world.ts'

type Now = Omit<
  Verdict,
  'outcome' | 'refusedWhy' | 'rejected' | 'facts' | 'breaches' | 'worseTiers' | 'warned' | 'unenforced'
>
type Placed = { readonly limit: Limit; readonly line: Extract<Line, { state: 'line' }> }

/** What holds now. */
export function answer(state: State): Now {
  const limits = limitsOf(state)
  const placed: Placed[] = []
  const uncomputable: Limit[] = []
  for (const limit of limits) {
    const line = currentLine(state, limit)
    if (line?.state === 'line') placed.push({ limit, line })
    else if (line?.state === 'uncomputable') uncomputable.push(limit)
  }
  const codes = codesOf(state, uncomputable)
  const { book } = state
  return {
    allowed: codes.length === 0,
    code: codes[0] ?? 'ok',
    codes,
    action: actionOf(state, codes),
    holders: state.holds.map(holder),
    until: codes[0] === 'closed' ? state.opensAt : untilOf(state),
    uncomputable: uncomputable.map(({ name }) => name),
    ...linesOf(placed),
    ...budgetOf(state, placed),
    dayPnl: optional(dayResult(book)),
    drawdownPct: drawdownOf(state),
    equity: optional(book.last?.equity ?? null),
    pending: optional(newestPending(state)),
    waiting: state.waiting.map(({ field, from }) => ({ field, from })),
    wakeAt: nextWake(state),
    report: reportOf(state),
  }
}

const optional = (value: Fraction | null): string | null => (value === null ? null : text(value))

const applied = (state: State) => state.holds.filter((hold) => hold.by === 'operator' || state.enforced)

function codesOf(state: State, uncomputable: readonly Limit[]): Code[] {
  const { book } = state
  const holds = applied(state)
  const holding: Readonly<Record<Code, boolean>> = {
    unconfirmed: book.pending.length > 0 || book.zeros.length > 0,
    'no-reading': book.last === null,
    limit: holds.some((hold) => hold.by === 'limit'),
    operator: holds.some((hold) => hold.by === 'operator'),
    closed: state.opensAt !== null,
    rejected: state.rejected,
    'out-of-order': state.late.blocks,
    silent: state.silent,
    uncomputable: state.enforced && uncomputable.some((limit) => blockingTier(limit) !== null),
  }
  return CODES.filter((code) => holding[code])
}

function actionOf(state: State, codes: readonly Code[]): Verdict['action'] {
  const worst = applied(state).reduce((rank, hold) => Math.max(rank, hold.by === 'limit' ? RANK[hold.action] : 1), 0)
  return worst === RANK.flatten ? 'flatten' : codes.length > 0 ? 'block-entries' : 'none'
}

/** Nobody knows the end of an overdue hold whose limit is still broken. */
function untilOf(state: State): number | null {
  const ends = applied(state).map(({ until }) => until)
  const known = ends.filter((until) => until !== null && until > (state.time ?? 0))
  return known.length === 0 || known.length < ends.length ? null : Math.max(...known.map(Number))
}

function linesOf(placed: readonly Placed[]) {
  const record = (of: (one: Placed) => Fraction, measure?: Limit['measure']): Record<string, string> =>
    Object.fromEntries(
      placed
        .filter(({ limit }) => measure === undefined || limit.measure === measure)
        .map((one) => [one.limit.name, text(of(one))]),
    )
  return {
    floors: record(({ line }) => cutDown(line.end), 'loss'),
    ceilings: record(({ line }) => cutUp(line.end), 'profit'),
    references: record(({ line }) => line.reference),
    percent: record(({ limit, line }) => lossPercent(limit, line)),
    used: record(({ line }) => usedPercent(line)),
  }
}

/** The room to the nearest floor that blocks, which one it is, and the factor: of floors as near, the smaller factor. */
function budgetOf(state: State, placed: readonly Placed[]): Pick<Verdict, 'room' | 'nearest' | 'factor'> {
  let nearest: { readonly name: string; readonly room: Fraction; readonly share: Fraction } | null = null
  for (const { limit, line } of placed) {
    const tier = blockingTier(limit)
    if (limit.measure === 'profit' || tier === null) continue
    const floor = tierLine(line, tier.at)
    const shown = cutDown(floor)
    const left = minus(line.tested, shown)
    const room = isPositive(left) ? left : decimal(0)
    const share = percentage(left, minus(line.reference, shown))
    const isFarther = nearest === null ? -1 : compare(room, nearest.room) || compare(share, nearest.share)
    if (isFarther >= 0) continue
    nearest = { name: limit.name, room, share }
  }
  if (nearest === null) return { room: null, nearest: null, factor: null }
  const { name, room, share } = nearest
  return { room: text(room), nearest: name, factor: factorOf(state, share) }
}

function factorOf({ settings }: State, share: Fraction): string | null {
  if (settings.budget_steps === null) return null
  const steps = settings.budget_steps.toSorted((a, b) => compare(decimal(b.above_percent), decimal(a.above_percent)))
  const step = steps.find(({ above_percent }) => compare(share, decimal(above_percent)) > 0)
  return step === undefined ? '0' : text(decimal(step.factor))
}

function drawdownOf({ book }: State): string | null {
  const { last, peak } = book
  return last === null || peak === null || !isPositive(peak) ? null : text(percentage(minus(peak, last.equity), peak))
}

function newestPending({ book }: State): Fraction | null {
  const all = [...book.pending, ...book.zeros]
  return all.length === 0 ? null : all.reduce((newest, one) => (one.server >= newest.server ? one : newest)).equity
}
