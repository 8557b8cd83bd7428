import { type ProgramContext, printLine } from '@drawbridge/service-kit/program'
import type { ConsoleApi } from '../console-api/client.ts'
import { limitsOf, pathOf } from '../console-api/trader-command.ts'
import { barOf } from '../terminal/bar.ts'
import { type Paint, paintOn, widthOf } from '../terminal/paint.ts'
import { type Cell, head, tableLines } from '../terminal/table.ts'
import { flatLimits, type WrittenLimits, written } from './written-limits.ts'

/** How far an account is from a limit, as the console tells it; amounts are decimal strings. */
interface Distance {
  readonly rule: string
  readonly measure: 'loss' | 'profit'
  readonly from: string | null
  readonly tested: string | null
  readonly line: string | null
  readonly breaksAt: string | null
  readonly room: string | null
  readonly active: boolean
  readonly uncomputable: string | null
}

interface Layers {
  readonly limits: WrittenLimits
  readonly own: WrittenLimits
  readonly configured: WrittenLimits
  readonly pending: readonly { readonly at: string; readonly limits: WrittenLimits }[]
}

/** The limits of a trader: how near each is, where its values come from, and what waits. */
export async function showTrader(
  api: ConsoleApi,
  trader: string,
  isJson: boolean,
  context: ProgramContext,
): Promise<void> {
  const [details, layers] = await Promise.all([
    api.find<{ distances: readonly Distance[] }>(pathOf(trader, '')),
    api.get<Layers>(limitsOf(trader)),
  ])
  const distances = details?.distances ?? []
  const { stdout, env } = context
  if (isJson) return printLine(stdout, JSON.stringify({ ...layers, distances }))
  const unheard = `${trader} has not reported yet: there are no distances.`
  const near = distances.length === 0 ? [unheard] : distanceLines(distances, paintOn(stdout, env))
  const lines = [...near, '', ...layerLines(layers, context)]
  printLine(stdout, lines.join('\n'))
}

function distanceLines(distances: readonly Distance[], paint: Paint): readonly string[] {
  const titles = head('limit', 'room left', 'in money', 'value', 'blocks at', 'line', 'measured from')
  return tableLines([titles, ...distances.map(rowOf)], paint)
}

const amount = (text: string | null): Cell => ({ text: text ?? '-', isNumber: true })

function rowOf({ rule, measure, room, from, tested, breaksAt, line, active, uncomputable }: Distance): readonly Cell[] {
  const name = measure === 'loss' ? rule : `${rule} (profit)`
  return [{ text: name }, leftOf(), amount(room), amount(tested), amount(breaksAt), amount(line), amount(from)]

  function leftOf(): Cell {
    if (!active) return { text: 'not yet in force' }
    if (uncomputable !== null) return { text: 'cannot be computed', colour: 'red' }
    if (room === null || from === null || breaksAt === null) return { text: line === null ? '-' : 'blocks nothing' }
    const whole = Math.abs(Number(from) - Number(breaksAt))
    return whole === 0 ? { text: '-' } : barOf(String((Number(room) / whole) * 100))
  }
}

function layerLines({ limits, own, configured, pending }: Layers, { stdout, env }: ProgramContext): readonly string[] {
  const [mine, written_] = [flatLimits(own), flatLimits(configured)]
  const from = (name: string) => (name in mine ? 'own' : name in written_ ? 'configured' : 'all traders')
  const rows = Object.entries(flatLimits(limits)).map(([name, value]) => [
    { text: name },
    { text: from(name) },
    { text: written(value) },
  ])
  const table = tableLines([head('setting', 'from', 'value'), ...rows], paintOn(stdout, env), widthOf(stdout))
  return pending.length === 0 ? table : [...table, '', ...pending.flatMap(waiting)]
}

function waiting({ at, limits }: Layers['pending'][number]): readonly string[] {
  return Object.entries(flatLimits(limits)).map(
    ([name, value]) => `From ${at} on, as it loosens: ${name} ${written(value)}`,
  )
}

interface OfAll {
  readonly defaults: WrittenLimits
  readonly traders: Readonly<Record<string, WrittenLimits>>
  readonly max_traders: number
  readonly pending?: readonly { readonly at: string; readonly defaults: WrittenLimits }[]
}

/** The limits of all traders, and what is configured for single ones. */
export async function showAll(api: ConsoleApi, isJson: boolean, { stdout, env }: ProgramContext): Promise<void> {
  const all = await api.get<OfAll>('/api/limits')
  if (isJson) return printLine(stdout, JSON.stringify(all))
  const rows = [
    ...Object.entries(flatLimits(all.defaults)).map(([name, value]) => ['all traders', name, value] as const),
    ['all traders', 'max_traders', all.max_traders] as const,
    ...Object.entries(all.traders).flatMap(([id, own]) =>
      Object.entries(flatLimits(own)).map(([name, value]) => [id, name, value] as const),
    ),
  ]
  const cells = rows.map(([who, name, value]) => [{ text: who }, { text: name }, { text: written(value) }])
  const table = tableLines([head('of', 'setting', 'value'), ...cells], paintOn(stdout, env), widthOf(stdout))
  const later = (all.pending ?? []).flatMap(({ at, defaults }) => waiting({ at, limits: defaults }))
  printLine(stdout, [...table, ...(later.length === 0 ? [] : ['', ...later]), '', HINT].join('\n'))
}

const HINT = 'npm run drawbridge -- limits <trader>   shows how near each limit of a trader is'
