import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { BlockedPeriod, Mark } from '@drawbridge/history/reads'
import type { EquityAnswer } from '../../../history/answers.ts'
import { type TimeSpan, within } from '../../../history/time-span.ts'
import { type Curve, columnsOf, drawdownColumns } from './chart-data.ts'
import { drawBlocked, drawMarks } from './draw-marks.ts'
import { followFingers, onWheel, spanOfKey, startMove } from './gestures.ts'
import { paletteOf } from './palette.ts'
import { drawdownOptions, equityOptions } from './plots.ts'

export interface ChartProps {
  readonly id: string
  readonly answer: EquityAnswer
  readonly curves: readonly Curve[]
  readonly hidden: ReadonlySet<string>
  readonly span: TimeSpan
  readonly whole: TimeSpan
  readonly periods: readonly BlockedPeriod[]
  readonly marks: readonly Mark[]
  readonly timeZone: string | undefined
  /** Changes when the colours do. */
  readonly theme: string
  readonly onSpan: (span: TimeSpan) => void
  /** The place of the point under the pointer; null: it is elsewhere. */
  readonly onCursor: (index: number | null) => void
}

const HEIGHT_MIN = 220

/** uPlot, wrapped once: data and a span come in, spans that somebody asks for go out, and it ends with the component. */
export function EquityChart(props: ChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const newest = useRef(props)
  newest.current = props
  const drawn = useRef<Drawn | null>(null)
  const { id, answer, curves, hidden, span, periods, marks, timeZone, theme } = props
  const shape = [timeZone, theme, ...curves.map(({ key }) => key)].join('\n')

  useEffect(() => {
    if (host.current === null) return
    const made = draw(host.current, newest)
    drawn.current = made
    return () => {
      drawn.current = null
      made.end()
    }
  }, [shape])
  useEffect(() => drawn.current?.setData(answer, curves), [answer, curves])
  useEffect(() => drawn.current?.setSpan(), [span.from, span.until])
  useEffect(() => drawn.current?.setHidden(hidden), [hidden])
  useEffect(() => drawn.current?.redraw(), [periods, marks])

  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const asked = spanOfKey(event.key, newest.current.span, newest.current.whole)
    if (asked === null) return
    event.preventDefault()
    newest.current.onSpan(asked)
  }
  return (
    <div
      ref={host}
      class="chart"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys zoom and move it; what it shows is in the table below
      tabIndex={0}
      role="application"
      aria-label={`Equity of ${id}. Plus and minus zoom, arrow keys move, 0 shows all. The same as a table follows.`}
      onKeyDown={onKey}
    />
  )
}

interface Drawn {
  readonly setData: (answer: EquityAnswer, curves: readonly Curve[]) => void
  readonly setSpan: () => void
  readonly setHidden: (hidden: ReadonlySet<string>) => void
  readonly redraw: () => void
  readonly end: () => void
}

/** @param props always those of now */
function draw(host: HTMLElement, props: { readonly current: ChartProps }): Drawn {
  const palette = paletteOf(host)
  const shown = () => [props.current.span.from / 1000, props.current.span.until / 1000] as const
  const frame = () => ({ ...sizeOf(host), timeZone: props.current.timeZone, palette, shown })
  const moves = {
    span: () => props.current.span,
    whole: () => props.current.whole,
    show: (span: TimeSpan) => props.current.onSpan(span),
  }
  const { answer, curves, hidden } = props.current
  const equity = new uPlot(
    equityOptions({
      ...frame(),
      curves,
      hidden,
      onCursor: (index) => props.current.onCursor(index),
      onSelect: (from, until) => moves.show(within({ from, until }, moves.whole())),
      onPress: (plot, event) => {
        if (!event.shiftKey && event.button !== 1) return false
        startMove(plot, event, moves)
        return true
      },
      drawUnder: (plot) => drawBlocked(plot, props.current.periods, palette),
      drawOver: (plot) => drawMarks(plot, props.current.marks, palette),
    }),
    columnsOf(answer, curves) as unknown as uPlot.AlignedData,
    host,
  )
  const drawdown = new uPlot(
    drawdownOptions({ ...frame(), height: drawdownHeight() }),
    drawdownColumns(answer) as unknown as uPlot.AlignedData,
    host,
  )
  const plots = [equity, drawdown]
  const wheels = plots.map((plot) => {
    const listener = (event: WheelEvent) => onWheel(plot, event, moves)
    plot.over.addEventListener('wheel', listener, { passive: false })
    return () => plot.over.removeEventListener('wheel', listener)
  })
  const fingers = plots.map((plot) => followFingers(plot, moves))
  const resized = new ResizeObserver(() => {
    const { width, height } = sizeOf(host)
    equity.setSize({ width, height })
    drawdown.setSize({ width, height: drawdownHeight() })
  })
  resized.observe(host)
  return {
    setData(next, nextCurves) {
      equity.setData(columnsOf(next, nextCurves) as unknown as uPlot.AlignedData)
      drawdown.setData(drawdownColumns(next) as unknown as uPlot.AlignedData)
    },
    setSpan() {
      const [min, max] = shown()
      for (const plot of plots) plot.setScale('x', { min, max })
    },
    setHidden(names) {
      for (const [index, { key }] of props.current.curves.entries()) {
        const place = index + FIRST_CURVE
        if (equity.series[place]?.show === names.has(key)) equity.setSeries(place, { show: !names.has(key) })
      }
    },
    redraw: () => equity.redraw(false),
    end() {
      resized.disconnect()
      for (const stop of [...wheels, ...fingers]) stop()
      for (const plot of plots) plot.destroy()
    },
  }
}

/** After the times and the range. */
const FIRST_CURVE = 3

function sizeOf(host: HTMLElement) {
  const height = shareOfScreen(0.45, HEIGHT_MIN, 900)
  return { width: Math.max(200, host.clientWidth), height }
}

function drawdownHeight(): number {
  return shareOfScreen(0.14, 100, 260)
}

function shareOfScreen(share: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.round(innerHeight * share)))
}
