import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { BlockedTime } from '@drawbridge/risk-engine/what-if'
import { formatDecimal, formatTimes } from '../trader/chart/axis-words.ts'
import { type Palette, paletteOf } from '../trader/chart/palette.ts'
import { pointTimes, type WhatIfCurve } from './what-if-curves.ts'
import type { Judged } from './worker/messages.ts'

export interface WhatIfChartProps {
  readonly judged: Judged
  readonly curves: readonly WhatIfCurve[]
  readonly timeZone: string | undefined
  /** Changes when the colours do. */
  readonly theme: string
  /** The place of the point under the pointer; null: it is elsewhere. */
  readonly onCursor: (index: number | null) => void
}

/** The height of the strip of blocked times of one setting, pixels. */
const STRIP = 8

/** Equity as it was, what trading would have made of it, and the lines of the limits that are tried. */
export function WhatIfChart(props: WhatIfChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const newest = useRef(props)
  newest.current = props
  const plot = useRef<uPlot | null>(null)
  const { judged, curves, timeZone, theme } = props
  const shape = [timeZone, theme, ...curves.map(({ words }) => words)].join('\n')

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
    plot.current?.setData(dataOf(newest.current))
  }, [judged])
  const label = 'Equity, and the lines of limits that are tried. The same as a table follows.'
  return <div ref={host} class="chart" role="img" aria-label={label} />
}

function draw(host: HTMLElement, props: { readonly current: WhatIfChartProps }) {
  const palette = paletteOf(host)
  const { curves, timeZone } = props.current
  const axis = {
    stroke: palette.quiet,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { stroke: palette.grid, width: 1 },
    font: '12px system-ui, sans-serif',
  }
  const plot = new uPlot(
    {
      width: Math.max(200, host.clientWidth),
      height: heightOf(),
      legend: { show: false },
      padding: [8, 8, 0, 0],
      cursor: { drag: { x: false, y: false } },
      ...(timeZone === undefined ? {} : { tzDate: (at: number) => uPlot.tzDate(new Date(at * 1_000), timeZone) }),
      series: [{}, ...curves.map((curve) => styleOf(curve, palette))],
      axes: [
        { ...axis, values: (_plot, times, _axis, _space, step) => formatTimes(times, step, timeZone) },
        { ...axis, size: 76, values: (_plot, ticks) => ticks.map(formatDecimal) },
      ],
      hooks: {
        drawClear: [(drawn) => drawBlocked(drawn, props.current.judged, palette)],
        setCursor: [({ cursor }) => props.current.onCursor(cursor.idx ?? null)],
      },
    },
    dataOf(props.current),
    host,
  )
  const resized = new ResizeObserver(() => plot.setSize({ width: Math.max(200, host.clientWidth), height: heightOf() }))
  resized.observe(host)
  return {
    plot,
    end() {
      resized.disconnect()
      plot.destroy()
    },
  }
}

function styleOf({ words, setting, kind }: WhatIfCurve, palette: Palette): uPlot.Series {
  const stroke = setting < 0 ? palette.equity : (palette.limits[setting % palette.limits.length] ?? palette.quiet)
  const dash = kind === 'limit' ? { dash: [2, 4] } : {}
  return { label: words, points: { show: false }, stroke, width: kind === 'limit' ? 1 : 1.5, ...dash }
}

function dataOf({ judged, curves }: WhatIfChartProps): uPlot.AlignedData {
  const times = pointTimes(judged).map((at) => at / 1_000)
  return [times, ...curves.map(({ column }) => column)] as unknown as uPlot.AlignedData
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

/** A share of the screen, so that a large one has a large chart. */
function heightOf(): number {
  return Math.max(360, Math.min(900, Math.round(innerHeight * 0.36)))
}
