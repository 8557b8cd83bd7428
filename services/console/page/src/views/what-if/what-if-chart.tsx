import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { BlockedTime } from '@drawbridge/risk-engine/what-if'
import { type Palette, paletteOf } from '../trader/chart/palette.ts'
import { type Column, columnOf, timesOf } from './chart-columns.ts'
import type { Judged } from './worker/messages.ts'

export interface WhatIfChartProps {
  readonly judged: Judged
  /** What the reports are called: what happened, and each setting. */
  readonly names: readonly string[]
  readonly timeZone: string | undefined
  /** Changes when the colours do. */
  readonly theme: string
}

const HEIGHT = 360
/** Of the strip of blocked times of one setting, pixels. */
const STRIP = 8

interface Curve {
  readonly words: string
  readonly column: Column
  readonly style: Partial<uPlot.Series>
}

/** Equity as it was, what trading would have made of it, and the lines of the limits that are tried. */
export function WhatIfChart(props: WhatIfChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const newest = useRef(props)
  newest.current = props
  const plot = useRef<uPlot | null>(null)
  const { judged, names, timeZone, theme } = props
  const limits = judged.reports.map((report) => Object.keys(report.limits).join())
  const shape = [timeZone, theme, ...names, ...limits].join('\n')

  useEffect(() => {
    if (host.current === null) return
    const made = draw(host.current, newest)
    plot.current = made.plot
    return () => {
      plot.current = null
      made.end()
    }
  }, [shape])
  useEffect(() => {
    plot.current?.setData(dataOf(newest.current.judged, curvesOf(newest.current, null)))
  }, [judged])
  const label = `${names.join(', ')}: equity, and the lines of limits. The figures are in the table.`
  return <div ref={host} class="chart" role="img" aria-label={label} />
}

function draw(host: HTMLElement, props: { readonly current: WhatIfChartProps }) {
  const palette = paletteOf(host)
  const curves = curvesOf(props.current, palette)
  const { timeZone } = props.current
  const axis = { stroke: palette.quiet, grid: { stroke: palette.grid, width: 1 }, ticks: { stroke: palette.grid } }
  const plot = new uPlot(
    {
      width: Math.max(200, host.clientWidth),
      height: HEIGHT,
      ...(timeZone === undefined ? {} : { tzDate: (at: number) => uPlot.tzDate(new Date(at * 1_000), timeZone) }),
      series: [{}, ...curves.map(({ words, style }) => ({ label: words, points: { show: false }, ...style }))],
      axes: [axis, { ...axis, size: 76 }],
      hooks: { drawClear: [(drawn) => drawBlocked(drawn, props.current.judged, palette)] },
    },
    dataOf(props.current.judged, curves),
    host,
  )
  const resized = new ResizeObserver(() => plot.setSize({ width: Math.max(200, host.clientWidth), height: HEIGHT }))
  resized.observe(host)
  return {
    plot,
    end() {
      resized.disconnect()
      plot.destroy()
    },
  }
}

/** @param palette null: only the columns are wanted */
function curvesOf({ judged, names }: WhatIfChartProps, palette: Palette | null): readonly Curve[] {
  const [happened, ...tried] = judged.reports
  if (happened === undefined) return []
  const colour = (index: number) => palette?.limits[index % palette.limits.length] ?? ''
  const until = happened.time ?? judged.from
  const equity = { words: 'Equity', column: columnOf(happened.equity, until) }
  const made: Curve[] = [{ ...equity, style: { stroke: palette?.equity ?? '', width: 1.5 } }]
  for (const [index, report] of tried.entries()) {
    const name = names[index + 1] ?? ''
    const column = columnOf(report.trading, until)
    made.push({ words: `${name}: trading`, column, style: { stroke: colour(index), width: 1.5 } })
    for (const [limit, line] of Object.entries(report.limits)) {
      const style = { stroke: colour(index), width: 1, dash: [4, 4] }
      made.push({ words: `${name}: ${limit}`, column: columnOf(line, until), style })
    }
  }
  return made
}

function dataOf({ reports }: Judged, curves: readonly Curve[]): uPlot.AlignedData {
  const [happened] = reports
  if (happened === undefined) return [[]]
  return [timesOf(happened.equity), ...curves.map(({ column }) => column)] as unknown as uPlot.AlignedData
}

/** What happened is shaded; what would have happened are strips below, one for each setting. */
function drawBlocked(plot: uPlot, { reports, to }: Judged, palette: Palette): void {
  const { ctx, bbox } = plot
  const scale = devicePixelRatio
  const shade = (times: readonly BlockedTime[], top: number, height: number) => {
    for (const { from, to: end } of times) {
      const left = Math.max(bbox.left, plot.valToPos(from / 1_000, 'x', true))
      const right = Math.min(bbox.left + bbox.width, plot.valToPos((end ?? to) / 1_000, 'x', true))
      if (right >= left) ctx.fillRect(left, top, Math.max(scale, right - left), height)
    }
  }
  ctx.save()
  const [happened, ...tried] = reports
  ctx.fillStyle = palette.blocked
  shade(happened?.blocked ?? [], bbox.top, bbox.height)
  for (const [index, { blocked }] of tried.entries()) {
    ctx.fillStyle = palette.limits[index % palette.limits.length] ?? palette.breach
    shade(blocked, bbox.top + bbox.height - (tried.length - index) * (STRIP + 2) * scale, STRIP * scale)
  }
  ctx.restore()
}
