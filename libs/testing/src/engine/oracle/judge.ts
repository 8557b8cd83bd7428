import type { Field } from './config.ts'
import { compare, isPositive } from './fractions.ts'
import { endOf, holder, holdOf } from './holds.ts'
import { blocks, type Limit, needs, RANK } from './limit.ts'
import { isBroken, type Line, lineOf, reaches, valueIn } from './lines.ts'
import { beginByProfit } from './references.ts'
import { isOpen, nextChange } from './sessions.ts'
import type { Hold, State } from './state.ts'
import { forgetTrades, isTradeRule } from './trades.ts'
import type { World } from './world.ts'

/** The fields that the trader's limits use. */
export function usedFields(limits: readonly Limit[]): Set<Field> {
  return new Set<Field>(['equity', ...limits.flatMap((limit) => [...needs(limit)])])
}

/** Null: nothing is confirmed yet. */
export function currentLine(state: State, limit: Limit): Line | null {
  const memory = state.book.memories.get(limit.name)
  return state.book.last === null || memory === undefined ? null : lineOf(limit, memory, state.book.last)
}

/** After anything that moves a line or passes time: first what may end ends, then every limit is judged. */
export function settle(world: World, at: number): void {
  openOrClose(world, at)
  beginByProfit(world.state, world.limits)
  endHolds(world, at)
  for (const limit of world.limits) judge(world, limit, at)
  const names = world.limits.map(({ name }) => name)
  for (const name of [...world.state.uncomputable]) if (!names.includes(name)) world.state.uncomputable.delete(name)
}

/** A closed market blocks entries where the settings say so. */
function openOrClose({ state, facts }: World, at: number): void {
  // In event time there is no time before the first tick.
  if (state.time === null) return
  const { sessions } = state.settings
  const isClosed = sessions?.block_entries === true && !isOpen(sessions, at)
  const opensAt = isClosed ? nextChange(sessions, at) : null
  if (opensAt === state.opensAt) return
  state.opensAt = opensAt
  facts.push({ at, what: isClosed ? 'closed' : 'opened' })
}

function endHolds({ state, limits, facts }: World, at: number): void {
  const ended = state.holds.filter((hold) => mayEnd(state, limits, hold, at))
  for (const hold of ended) {
    const limit = limits.find((one) => hold.by === 'limit' && one.name === hold.name)
    if (hold.by === 'limit' && hold.onEnd === 'rebase' && limit !== undefined && rebase(state, limit)) {
      facts.push({ at, what: 'rebased', of: hold.name })
    }
    if (isTradeRule(hold.name)) forgetTrades(state, hold.name)
    facts.push({ at, what: 'hold-ended', of: holder(hold) })
  }
  state.holds = state.holds.filter((hold) => !ended.includes(hold))
}

function mayEnd(state: State, limits: readonly Limit[], hold: Hold, at: number): boolean {
  if (hold.until === null || hold.until > at) return false
  if (hold.by === 'operator' || isTradeRule(hold.name)) return true
  const limit = limits.find((one) => one.name === hold.name)
  if (limit === undefined) return true
  return isKnownUnbroken(state, limit) || (hold.onEnd === 'rebase' && canRebase(state, limit))
}

/** In doubt it is not. */
export function isKnownUnbroken(state: State, limit: Limit): boolean {
  const line = currentLine(state, limit)
  return line !== null && (line.state === 'inactive' || (line.state === 'line' && !isBroken(limit, line)))
}

/** Whether the limit has its full room after its reference is set to what it tests. */
export function canRebase(state: State, limit: Limit): boolean {
  const { last, memories } = state.book
  const memory = memories.get(limit.name)
  if (last === null || memory === undefined) return false
  const tested = valueIn(limit.tested, last)
  if (tested === null || !isPositive(tested)) return false
  const line = lineOf(limit, { ...memory, reference: tested }, last)
  return line.state === 'inactive' || (line.state === 'line' && !isBroken(limit, line))
}

/** Gives whether it was possible. */
export function rebase(state: State, limit: Limit): boolean {
  const { last, memories } = state.book
  const memory = memories.get(limit.name)
  if (last === null || memory === undefined || !canRebase(state, limit)) return false
  const tested = valueIn(limit.tested, last)
  if (tested === null || memory.reference === null || compare(tested, memory.reference) !== 0) {
    memory.reference = tested
    state.before = null
  }
  return true
}

function judge(world: World, limit: Limit, at: number): void {
  const { state } = world
  const line = currentLine(state, limit)
  if (line === null) return
  tellDoubt(world, limit, line.state === 'uncomputable', at)
  if (line.state === 'uncomputable') return
  const reached = line.state === 'inactive' ? [] : limit.tiers.filter((tier) => reaches(limit, line, tier.at))
  const worst = reached.reduce<Limit['tiers'][number] | null>(
    (worse, tier) => (worse === null || RANK[tier.action] > RANK[worse.action] ? tier : worse),
    null,
  )
  const broken = worst !== null && blocks(worst)
  if (broken) breaks(world, limit, worst.action, at)
  else state.recorded.delete(limit.name)
  warn(world, limit, reached, broken, at)
}

/** Doubt about a limit closes the gate, so that it is told when it begins and when it ends. */
function tellDoubt({ state, facts }: World, limit: Limit, uncomputable: boolean, at: number): void {
  if (state.uncomputable.has(limit.name) === uncomputable) return
  if (uncomputable) state.uncomputable.add(limit.name)
  else state.uncomputable.delete(limit.name)
  facts.push({ at, what: uncomputable ? 'uncomputable' : 'computable', of: limit.name })
}

function breaks(
  { state, facts, calendar }: World,
  limit: Limit,
  action: Limit['tiers'][number]['action'],
  at: number,
): void {
  const hold = holdOf(state, limit.name)
  if (hold?.by === 'limit') {
    if (RANK[action] <= RANK[hold.action]) return
    hold.action = action
    facts.push({ at, what: 'worse-tier', of: limit.name })
  } else if (state.enforced) {
    const until = endOf(limit, at, calendar)
    state.holds.push({ by: 'limit', name: limit.name, until, onEnd: limit.onEnd, action })
    facts.push({ at, what: 'breach', of: limit.name })
  } else if (!state.recorded.has(limit.name)) {
    state.recorded.add(limit.name)
    facts.push({ at, what: 'unenforced', of: limit.name })
  }
}

/** Tells the highest tier that warns, once a crossing; a limit that holds or is broken warns of nothing. */
function warn({ state, facts }: World, limit: Limit, reached: Limit['tiers'], broken: boolean, at: number): void {
  const highest = reached.findLast((tier) => !blocks(tier))
  if (holdOf(state, limit.name) !== undefined || highest === undefined) {
    state.warned.delete(limit.name)
    return
  }
  const told = state.warned.get(limit.name)
  state.warned.set(limit.name, highest.at)
  if (!broken && (told === undefined || compare(highest.at, told) > 0))
    facts.push({ at, what: 'warning', of: limit.name })
}
