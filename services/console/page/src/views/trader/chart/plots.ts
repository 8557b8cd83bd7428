import uPlot from 'uplot'
import { formatDecimal, formatTimes } from './axis-words.ts'
import type { Curve } from './chart-data.ts'
import type { Palette } from './palette.ts'

/** Both charts have the same width of scale, so that their times stand below each other. */
const AXIS_WIDTH = 76
/** The cursor of one is that of the other. */
const SYNC = 'trader'

interface Frame {
  readonly width: number
  readonly height: number
  /** As `Intl` names it; undefined: of this machine. */
  readonly timeZone: string | undefined
  readonly palette: Palette
  /** From when to when, seconds. */
  readonly shown: () => readonly [number, number]
}

export interface EquityFrame extends Frame {
  readonly curves: readonly Curve[]
  readonly hidden: ReadonlySet<string>
  readonly onCursor: (index: number | null) => void
  readonly onSelect: (from: number, until: number) => void
  readonly onPress: (plot: uPlot, event: MouseEvent) => boolean
  readonly drawUnder: (plot: uPlot) => void
  readonly drawOver: (plot: uPlot) => void
}

/** Equity with its range, its peak, and the lines of limits. */
export function equityOptions(frame: EquityFrame): uPlot.Options {
  const { curves, hidden, palette } = frame
  return {
    ...base(frame),
    series: [
      {},
      { label: 'Highest', stroke: 'transparent', width: 0, points: { show: false } },
      { label: 'Lowest', stroke: 'transparent', width: 0, points: { show: false } },
      ...curves.map((curve) => ({ ...styleOf(curve, palette), label: curve.words, show: !hidden.has(curve.key) })),
      { label: 'Equity', stroke: palette.equity, width: 1.5, points: { size: 4, fill: palette.equity } },
    ],
    bands: [{ series: [1, 2], fill: palette.range }],
    cursor: {
      sync: { key: SYNC, setSeries: false },
      drag: { x: true, y: false, setScale: false, dist: 4 },
      points: { size: 6 },
      bind: {
        mousedown: (plot, _target, handler) => (event) => (frame.onPress(plot, event) ? null : handler(event)),
        // A double click belongs to nobody: uPlot would show all of the data.
        dblclick: () => () => null,
      },
    },
    hooks: {
      drawClear: [frame.drawUnder],
      draw: [frame.drawOver],
      setCursor: [({ cursor }) => frame.onCursor(cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select
          if (width === 0) return
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          frame.onSelect(plot.posToVal(left, 'x') * 1000, plot.posToVal(left + width, 'x') * 1000)
        },
      ],
    },
  }
}

function styleOf({ kind, limit }: Curve, palette: Palette): uPlot.Series {
  const stepped = uPlot.paths.stepped?.({ align: 1 })
  const paths = stepped === undefined ? {} : { paths: stepped }
  const points = { show: false }
  if (kind === 'peak') return { stroke: palette.peak, width: 1, points, ...paths }
  const stroke = palette.limits[limit % palette.limits.length] ?? palette.quiet
  return kind === 'line' ? { stroke, width: 1, points, ...paths } : { stroke, width: 1, dash: [2, 4], points, ...paths }
}

/** Drawdown, hanging down. */
export function drawdownOptions(frame: Frame): uPlot.Options {
  const { palette } = frame
  return {
    ...base(frame, (value) => `${formatDecimal(-value)} %`),
    series: [
      {},
      {
        label: 'Drawdown',
        stroke: palette.drawdown,
        fill: palette.drawdownSoft,
        fillTo: 0,
        width: 1,
        points: { show: false },
      },
    ],
    cursor: { sync: { key: SYNC, setSeries: false }, drag: { x: false, y: false }, points: { size: 5 } },
  }
}

function base({ width, height, timeZone, palette, shown }: Frame, words: (value: number) => string = formatDecimal) {
  const axis = {
    stroke: palette.quiet,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { stroke: palette.grid, width: 1 },
    font: '12px system-ui, sans-serif',
  }
  return {
    width,
    height,
    legend: { show: false },
    padding: [8, 8, 0, 0] as [number, number, number, number],
    tzDate: (seconds: number) =>
      timeZone === undefined ? new Date(seconds * 1000) : uPlot.tzDate(new Date(seconds * 1000), timeZone),
    scales: { x: { time: true, range: () => [...shown()] as [number, number] } },
    axes: [
      {
        ...axis,
        values: (_plot: uPlot, times: number[], _axis: number, _space: number, step: number) =>
          formatTimes(times, step, timeZone),
      },
      { ...axis, size: AXIS_WIDTH, values: (_plot: uPlot, ticks: number[]) => ticks.map(words) },
    ],
  }
}
