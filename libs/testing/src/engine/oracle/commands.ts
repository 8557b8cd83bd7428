import { changeLimits } from './changes.ts'
import { moveByFlow, movePending, staysWithinBound } from './flows.ts'
import { compare, decimal, isPositive, plus, readAmount, sign, size } from './fractions.ts'
import { ALL, holder, isFirm, named, pause } from './holds.ts'
import { canRebase, isKnownUnbroken, rebase } from './judge.ts'
import { askForPauseOfAll, obeyPauseOfAll } from './pause-of-all.ts'
import { emptyBook, type Hold } from './state.ts'
import type { Command } from './steps.ts'
import { receive } from './take.ts'
import { forgetTrades, isRuleBroken, isTradeRule } from './trades.ts'
import { copyOfBook, type World } from './world.ts'

type Of<Kind extends Command['kind']> = Extract<Command, { kind: Kind }>
/** Null: obeyed. `already`: it counted before, so nothing happens. Else why it is refused; then nothing has changed. */
export type Answer = string | null

const OBEYED: Answer = null
export const ALREADY = 'already counted'
const REMEMBERED_FLOWS = 16

export function obey(world: World, command: Command, now: number, received: number): Answer {
  switch (command.kind) {
    case 'pause':
      return obeyPause(world, command, now)
    case 'resume':
      return obeyResume(world, command, now)
    case 'limits':
      return changeLimits(world, command, now, received)
    case 'flags':
      return obeyFlags(world, command, now, received)
    case 'cash-flow':
      return obeyFlow(world, command, now, received)
    case 'restart':
      return obeyRestart(world, command, now)
    case 'correct':
      return obeyCorrect(world, command, now)
    case 'process-restart':
      return ALREADY
    default:
      return command satisfies never
  }
}

function obeyFlags(world: World, command: Of<'flags'>, now: number, received: number): Answer {
  const { state, facts } = world
  const refused = askForPauseOfAll(state, command, received)
  if (refused !== null) return refused
  obeyPauseOfAll(world, now)
  const { enable_risk_enforcement: enforced = state.enforced } = command
  if (state.enforced === enforced) return ALREADY
  state.enforced = enforced
  // What is broken from now on makes a hold, so that the next time without one is another episode.
  if (enforced) state.recorded = new Set()
  facts.push({ at: now, what: 'flags-changed' })
  return OBEYED
}

const nameOf = (by: string | undefined): string => by ?? 'operator'

function obeyPause({ state, facts }: World, command: Of<'pause'>, now: number): Answer {
  const until = command.until ? Date.parse(command.until) : null
  const refused = pause(state, now, { name: nameOf(command.by), until, firm: command.firm === true })
  if (refused === null) facts.push({ at: now, what: 'paused', of: nameOf(command.by) })
  return refused
}

function obeyResume(world: World, command: Of<'resume'>, now: number): Answer {
  const { state, facts } = world
  const names = command.holder === undefined ? null : [command.holder].flat()
  const holds = named(state, nameOf(command.by), names)
  if (typeof holds === 'string') return holds
  if (command.rebase === true && !command.reason) return 'reason: a rebase needs one'
  for (const hold of holds) {
    const refused = whyHeld(world, hold, command, now)
    if (refused !== null) return `${holder(hold)}: ${refused}`
  }
  for (const hold of holds) lift(world, hold, command.rebase === true, now)
  state.holds = state.holds.filter((hold) => !holds.includes(hold))
  for (const hold of holds) facts.push({ at: now, what: 'resumed', of: holder(hold) })
  return OBEYED
}

function whyHeld({ state, limits }: World, hold: Hold, command: Of<'resume'>, now: number): Answer {
  if (hold.by === 'operator') {
    if (hold.name === ALL) return 'holds all traders, and ends for all at once'
    if (!isFirm(hold, now)) return null
    if (command.admin !== true) return 'is firm: only an admin lifts it'
    return command.reason ? null : 'is firm: a reason is needed'
  }
  const rebases = command.rebase === true
  if (isTradeRule(hold.name)) {
    return rebases || !isRuleBroken(state, hold.name) ? null : 'is still broken: say rebase: true and a reason'
  }
  const limit = limits.find(({ name }) => name === hold.name)
  if (limit === undefined) return null
  if (!rebases) return isKnownUnbroken(state, limit) ? null : 'is still broken: say rebase: true and a reason'
  if (state.book.pending.length > 0 || state.book.zeros.length > 0) return 'the last reading is not confirmed'
  return canRebase(state, limit) ? null : 'would still be broken'
}

function lift({ state, limits, facts }: World, hold: Hold, rebases: boolean, now: number): void {
  if (hold.by === 'operator') return
  if (isTradeRule(hold.name)) forgetTrades(state, hold.name)
  const limit = limits.find(({ name }) => name === hold.name)
  if (!rebases || limit === undefined) return
  rebase(state, limit)
  facts.push({ at: now, what: 'rebased', of: hold.name })
}

function obeyFlow(world: World, command: Of<'cash-flow'>, now: number, received: number): Answer {
  const { state, facts } = world
  const flow = readAmount(String(command.amount))
  if (flow === null || sign(flow) === 0) return 'amount: must be an amount other than 0'
  if (state.settings.net_deposits) return 'this account counts the flows that its readings tell'
  const at = command.at === undefined ? received : Date.parse(command.at)
  const known = mayCount(world, command.id, at)
  if (known !== null) return known
  const inEquity = command.in_equity === true
  if (inEquity && state.before === null) return 'in_equity: the last reading is too far back, use correct'
  const book = copyOfBook(inEquity && state.before !== null ? state.before.book : state.book)
  if (book.last === null) return 'there is no confirmed reading yet'
  const { equity } = book.last
  const after = plus(equity, flow)
  if (command.force !== true) {
    if (!isPositive(after)) return 'amount: leaves nothing, say force: true'
    if (compare(size(flow), equity) > 0) return 'amount: is larger than the equity, say force: true'
  }
  moveByFlow(book, world.limits, flow)
  movePending(book, flow)
  if (!staysWithinBound(book)) return 'amount: too large'
  state.book = book
  if (command.id !== undefined) state.flowIds = [...state.flowIds, { id: command.id, at }].slice(-REMEMBERED_FLOWS)
  facts.push({ at: now, what: 'cash-flow' })
  const reading = state.before?.reading
  if (inEquity && reading !== undefined) receive(world, reading, now)
  else {
    state.before = null
    state.flow = { at: received, before: equity, after }
  }
  return OBEYED
}

/** Null: it counts now. */
function mayCount({ state }: World, id: string | undefined, at: number): Answer {
  if (id === undefined) return null
  if (state.flowIds.some((known) => known.id === id)) return ALREADY
  const full = state.flowIds.length >= REMEMBERED_FLOWS
  return full && at < Math.min(...state.flowIds.map((known) => known.at))
    ? 'at: too old to tell whether it counted'
    : null
}

function obeyRestart({ state, facts }: World, command: Of<'restart'>, now: number): Answer {
  if (!command.reason) return 'reason: is missing'
  const amounts = [command.initial_balance, command.peak, command.day_start].map((written) =>
    written === undefined ? null : decimal(written),
  )
  if (amounts.some((amount) => amount !== null && !isPositive(amount))) return 'amounts: must be above 0'
  const [initial = null, peak = null, dayStart = null] = amounts
  state.book = emptyBook()
  state.before = null
  state.period = { initial, peak, dayStart }
  state.holds = state.holds
    .filter((hold) => isFirm(hold, now) || hold.name === ALL)
    .map((hold) => (hold.by === 'operator' && hold.name !== ALL ? { ...hold, until: hold.firmUntil } : hold))
  state.recorded = new Set()
  state.warned = new Map()
  state.uncomputable = new Set()
  state.heard = null
  state.silent = false
  state.rejected = false
  state.late = { count: 0, since: 0, blocks: false }
  state.flow = null
  for (const rule of ['max_trades', 'max_losing_trades']) forgetTrades(state, rule)
  facts.push({ at: now, what: 'restarted' })
  return OBEYED
}

function obeyCorrect({ state, limits, facts }: World, command: Of<'correct'>, now: number): Answer {
  if (!command.reason) return 'reason: is missing'
  if (command.void === true) {
    if (state.before === null) return 'void: the last reading is too far back'
    state.book = state.before.book
    state.before = null
    // Without a reading nothing is broken or near a line.
    if (state.book.last === null) {
      state.warned = new Map()
      state.recorded = new Set([...state.recorded].filter(isTradeRule))
    }
  } else {
    const limit = limits.find(({ name }) => name === command.limit)
    const memory = state.book.memories.get(limit?.name ?? '')
    if (memory === undefined) return 'limit: there is no such one, or nothing is confirmed yet'
    const reference = command.reference === undefined ? null : readAmount(String(command.reference))
    if (reference === null || !isPositive(reference)) return 'reference: must be above 0'
    memory.reference = reference
    state.before = null
  }
  facts.push({ at: now, what: 'corrected' })
  return OBEYED
}
