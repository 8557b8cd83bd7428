import { useLayoutEffect, useRef } from 'preact/hooks'
import { useMedia } from '../../parts/use-media.ts'
import { useVirtualRows } from '../../parts/use-virtual-rows.ts'
import { fleet } from '../../store/live.ts'
import { standingOf } from '../../store/standing.ts'
import type { Arrangement } from './arrange.ts'
import { FleetHead } from './fleet-head.tsx'
import type { FleetSettings } from './fleet-settings.ts'
import { SectionRow } from './section-row.tsx'
import { TraderRow } from './trader-row.tsx'
import { type RowHeights, useRowHeights } from './use-row-heights.ts'

interface FleetTableProps {
  readonly arrangement: Arrangement
  readonly settings: FleetSettings
  /** Null: the reader may not select. */
  readonly selection: ReadonlySet<string> | null
  readonly onSelect: (ids: readonly string[], isSelected: boolean) => void
}

/** The past of so many accounts is shown: each is read from the database. */
const PASTS_MAX = 30
const HAS_ROOM = '(min-width: 84rem)'

const MOVES: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  End: Number.POSITIVE_INFINITY,
  Home: Number.NEGATIVE_INFINITY,
}

/** One table; only the rows near what is seen are in the document. Arrow keys go from trader to trader. */
export function FleetTable({ arrangement, settings, selection, onSelect }: FleetTableProps) {
  // What is in the rows follows every change; their order moves less often.
  void fleet.revision.value
  const { rows, shown } = arrangement
  const scroller = useRef<HTMLDivElement>(null)
  const wanted = useRef<number | null>(null)
  const heights = useRowHeights()
  const virtual = useVirtualRows({
    count: rows.length,
    scroller: () => scroller.current,
    heightOf: (index) => heightOf(rows[index], heights),
    keyOf: (index) => rows[index]?.key ?? '',
  })
  const isEven = heights.trader === heights.held
  useLayoutEffect(() => virtual.measure(), [virtual, heights, isEven ? rows.length : rows])
  useLayoutEffect(() => {
    if (wanted.current === null) return
    const link = scroller.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"]`)
    if (link === null || link === undefined) return
    wanted.current = null
    link.focus({ preventScroll: true })
  })
  const move = (event: KeyboardEvent) => {
    const step = MOVES[event.key]
    const from = event.target instanceof HTMLElement ? event.target.dataset.row : undefined
    if (step === undefined || from === undefined) return
    event.preventDefault()
    const to = nearestTrader(rows, Number(from), step)
    wanted.current = to
    virtual.scrollToIndex(to)
    const link = scroller.current?.querySelector<HTMLElement>(`[data-row="${to}"]`)
    link?.focus({ preventScroll: true })
  }
  const items = virtual.getVirtualItems()
  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  const hasPast = useMedia(HAS_ROOM) && shown.length <= PASTS_MAX
  const columns = 8 + (selection === null ? 0 : 1) + (hasPast ? 1 : 0)
  return (
    <div class="scroller" ref={scroller}>
      <table class="fleet" aria-rowcount={rows.length + 1} onKeyDown={move}>
        <FleetHead settings={settings} shown={shown} selection={selection} hasPast={hasPast} onSelect={onSelect} />
        <tbody>
          <Space height={above} columns={columns} />
          {items.map(({ index, key }) => {
            const row = rows[index]
            if (row === undefined) return null
            if (row.kind === 'section') return <SectionRow key={key} section={row} columns={columns} index={index} />
            const { id } = row.account.member
            const member = fleet.members.get(id) ?? row.account.member
            return (
              <TraderRow
                key={key}
                member={member}
                standing={standingOf(member)}
                index={index}
                isHeld={row.account.member.reason !== null}
                hasPast={hasPast}
                selected={selection === null ? null : selection.has(id)}
                onSelect={(one, isSelected) => onSelect([one], isSelected)}
              />
            )
          })}
          <Space height={below} columns={columns} />
        </tbody>
      </table>
    </div>
  )
}

function heightOf(row: Arrangement['rows'][number] | undefined, heights: RowHeights): number {
  if (row?.kind === 'section') return heights.section
  return row?.account.member.reason == null ? heights.trader : heights.held
}

/** Stands for the rows that are not in the document. */
function Space({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height <= 0) return null
  return (
    <tr class="space">
      <td colSpan={columns} style={{ blockSize: `${height}px` }} />
    </tr>
  )
}

/** The next row of a trader in a direction, from a row so many steps away; the last one there is, else. */
function nearestTrader(rows: Arrangement['rows'], from: number, step: number): number {
  const direction = Math.sign(step)
  let at = from
  let left = Math.abs(step)
  for (let index = from + direction; left > 0 && index >= 0 && index < rows.length; index += direction) {
    if (rows[index]?.kind !== 'trader') continue
    at = index
    left -= 1
  }
  return at
}
