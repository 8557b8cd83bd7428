import { shortTime } from '../moment.ts'
import { barOf } from '../terminal/bar.ts'
import { counted } from '../terminal/counted.ts'
import type { Colour, Paint } from '../terminal/paint.ts'
import { type Cell, head, tableLines } from '../terminal/table.ts'
import { type Summary, statusOf } from './fleet.ts'

const NOBODY = `No trader has reported yet. A bot reports by HTTP to the trader service:
  curl -X POST http://localhost:8081/api/traders/bot1/equity -d '{"equity": 1000}'`

const TITLES = ['trader', 'state', 'room left', 'in money', 'of limit', 'equity', 'day', 'drawdown', 'until', 'why']

/**
 * @param width of the terminal; null: it is none
 * @param most how many traders are shown; null: all
 */
export function fleetLines(
  traders: readonly Summary[],
  paint: Paint,
  width: number | null,
  most: number | null,
): string[] {
  if (traders.length === 0) return [NOBODY]
  const shown = most === null ? traders : traders.slice(0, most)
  const hidden = traders.length - shown.length
  return [
    ...tableLines(fitting([head(...TITLES), ...shown.map(rowOf)], width), paint, width),
    '',
    `${countsOf(traders)}${hidden === 0 ? '' : `; ${hidden} that have more room are not shown`}`,
  ]
}

/** What a narrow terminal has no room for, the least needed first. */
const LEFT_OUT = ['drawdown', 'in money', 'day', 'of limit', 'equity', 'until']
/** The last column says why, and needs so much at least. */
const WHY = 24

/** The columns that a line has room for. */
function fitting(rows: readonly (readonly Cell[])[], width: number | null): readonly (readonly Cell[])[] {
  let kept = TITLES.map((_, column) => column)
  const lengthOf = (column: number) => 2 + Math.max(...rows.map((row) => row[column]?.text.length ?? 0))
  for (const title of LEFT_OUT) {
    const length = kept.slice(0, -1).reduce((sum, column) => sum + lengthOf(column), 2 + WHY)
    if (width === null || length <= width) break
    kept = kept.filter((column) => TITLES[column] !== title)
  }
  return rows.map((row) => row.filter((_, column) => kept.includes(column)))
}

const COLOURS: { readonly [S in Summary['status']]: Colour } = { allowed: 'green', paused: 'red', blocked: 'yellow' }

function rowOf(trader: Summary): readonly Cell[] {
  const { id, budget, roomPct, equity, dailyPnl, drawdownPct } = trader
  const { status, until, reason } = standingOf(trader)
  return [
    { text: id },
    { text: status, colour: COLOURS[status] },
    roomPct === null ? { text: '-' } : barOf(roomPct),
    { text: budget?.room ?? '-', isNumber: true },
    { text: budget?.limit ?? '-' },
    { text: equity ?? '-', isNumber: true },
    { text: dailyPnl ?? '-', isNumber: true },
    { text: drawdownPct === null ? '-' : `${shortPercent(drawdownPct)} %`, isNumber: true },
    { text: status === 'allowed' ? '' : until === null ? 'open' : shortTime(until) },
    { text: reason ?? '' },
  ]
}

/** Its own, and where that allows, of the one that it obeys. */
function standingOf(trader: Summary): Pick<Summary, 'status' | 'until' | 'reason'> {
  const { blockedBy: other, status, until, reason } = trader
  if (status !== 'allowed' || other === null) return { status, until, reason }
  return { status: statusOf(trader), until: other.until, reason: `${other.trader}: ${other.reason}` }
}

/** Cut to hundredths. */
function shortPercent(pct: string): string {
  return pct.replace(/(\.\d\d)\d+$/, '$1')
}

function countsOf(traders: readonly Summary[]): string {
  const counts = (['allowed', 'paused', 'blocked'] as const).flatMap((status) => {
    const count = traders.filter((one) => statusOf(one) === status).length
    return count === 0 ? [] : [`${count} ${status}`]
  })
  return `${counted(traders.length, 'trader')}: ${counts.join(', ')}`
}
