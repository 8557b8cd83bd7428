import { useMemo, useState } from 'preact/hooks'
import { formatChange, formatMoney, formatPercent } from '../../formats/amounts.ts'
import { formatDuration } from '../../formats/times.ts'
import { type DaysAnswer, historyPath } from '../../history/answers.ts'
import { Refused } from '../../history/refused.tsx'
import type { TimeSpan } from '../../history/time-span.ts'
import { useAnswer } from '../../history/use-answer.ts'
import { Scroller } from '../../parts/scroller.tsx'
import { number, TableHead } from '../../parts/table-head.tsx'
import { type CalendarDay, calendarOf, dateIn, monthsOf, spanOfYear, yearsOf } from './calendar.ts'
import { useDayZone } from './use-zone.ts'

interface DayPanelProps {
  readonly id: string
  /** Null: not known yet. */
  readonly whole: TimeSpan | null
  readonly onSpan: (span: TimeSpan) => void
}

const DAY_MS = 86_400_000

/** The trading days of a year: as a heat map, and as a table. */
export function DayPanel({ id, whole, onSpan }: DayPanelProps) {
  const timeZone = useDayZone(id)
  const dateOf = useMemo(() => dateIn(timeZone), [timeZone])
  const years = useMemo(() => yearsOf(whole, dateOf), [whole, dateOf])
  const [chosen, setChosen] = useState<number | null>(null)
  const year = chosen ?? years[0] ?? null
  const span = year === null ? null : spanOfYear(year)
  const path = span === null ? null : historyPath(id, 'days', span)
  const { value, refusal, isLoading, again } = useAnswer<DaysAnswer>(path)
  const days = useMemo(() => calendarOf(value?.days ?? [], dateOf, year), [value, dateOf, year])
  const show = ({ day }: CalendarDay) => onSpan({ from: day.day, until: day.day + DAY_MS })
  return (
    <section class="panel day-panel" aria-labelledby="days-title" aria-busy={isLoading}>
      <div class="panel-head">
        <h2 id="days-title">Days</h2>
        {year !== null && (
          <label>
            Year{' '}
            <select value={year} onChange={(event) => setChosen(Number(event.currentTarget.value))}>
              {years.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {refusal !== null && <Refused refusal={refusal} again={again} />}
      {value !== null && days.length === 0 && <p class="quiet">This year has no trading day.</p>}
      {days.length > 0 && <HeatMap days={days} onDay={show} />}
      {days.length > 0 && <HeatScale />}
      {days.length > 0 && <DayTable days={days} onDay={show} />}
    </section>
  )
}

interface DaysProps {
  readonly days: readonly CalendarDay[]
  readonly onDay: (day: CalendarDay) => void
}

/** For those who see it; the table below has the same, and is for everybody. */
function HeatMap({ days, onDay }: DaysProps) {
  return (
    <div class="heat-map" aria-hidden="true">
      {monthsOf(days).map(({ date, week }) => (
        <span key={date} class="heat-month" style={{ gridColumn: week + 1 }}>
          {formatMonth(date)}
        </span>
      ))}
      {days.map((one) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: a pointer may choose here; keys do in the table
        // biome-ignore lint/a11y/useKeyWithClickEvents: keys do in the table
        <span
          key={one.day.day}
          class="heat"
          data-level={one.level}
          data-breach={one.day.breaches > 0 ? '' : undefined}
          style={{ gridColumn: one.week + 1, gridRow: one.weekday + 2 }}
          title={wordsOf(one)}
          onClick={() => onDay(one)}
        />
      ))}
    </div>
  )
}

const LEVELS = [-4, -3, -2, -1, 0, 1, 2, 3, 4] as const

function HeatScale() {
  return (
    <p class="heat-scale quiet" aria-hidden="true">
      loss
      {LEVELS.map((level) => (
        <span key={level} class="heat" data-level={level} />
      ))}
      profit, <span class="heat" data-level={0} data-breach="" /> a limit broke
    </p>
  )
}

const month = new Intl.DateTimeFormat(undefined, { month: 'short', timeZone: 'UTC' })

function formatMonth(date: string): string {
  return month.format(Date.parse(date))
}

function wordsOf({ date, day, pct }: CalendarDay): string {
  const blocked = day.blockedSeconds > 0 ? `, blocked ${formatDuration(day.blockedSeconds * 1000)}` : ''
  const breaches = day.breaches > 0 ? `, ${day.breaches} breaches` : ''
  return `${date}: ${formatChange(day.pnl)} (${formatPercent(pct === null ? null : String(pct), 2)})${breaches}${blocked}`
}

function DayTable({ days, onDay }: DaysProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="behind" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The days as a table</summary>
      {isOpen && (
        <Scroller label="The days as a table">
          <table>
            <TableHead
              columns={[
                'Day',
                ...['Open', 'Close', 'Low', 'Profit', 'Drawdown', 'Breaches', 'Blocked'].map((name) => number(name)),
              ]}
            />
            <tbody>
              {days.toReversed().map((one) => (
                <tr key={one.day.day}>
                  <th scope="row">
                    <button type="button" class="plain" onClick={() => onDay(one)}>
                      {one.date}
                    </button>
                  </th>
                  <td class="number">{formatMoney(one.day.open)}</td>
                  <td class="number">{formatMoney(one.day.close)}</td>
                  <td class="number">{formatMoney(one.day.low)}</td>
                  <td class="number">{formatChange(one.day.pnl)}</td>
                  <td class="number">{formatPercent(one.day.drawdownPct, 2)}</td>
                  <td class="number">{one.day.breaches}</td>
                  <td class="number">
                    {one.day.blockedSeconds === 0 ? '' : formatDuration(one.day.blockedSeconds * 1000)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
    </details>
  )
}
