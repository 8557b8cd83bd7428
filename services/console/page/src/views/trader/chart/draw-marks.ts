import type { BlockedPeriod, Mark, MarkKind } from '@drawbridge/history/reads'
import type uPlot from 'uplot'
import type { Palette } from './palette.ts'

/** Shades the times that entries waited, under everything else. */
export function drawBlocked(plot: uPlot, periods: readonly BlockedPeriod[], palette: Palette): void {
  const { ctx, bbox } = plot
  const { min = 0, max = 0 } = plot.scales.x ?? {}
  ctx.save()
  ctx.fillStyle = palette.blocked
  for (const { from, until } of periods) {
    const begin = Math.max(from === null ? min : from / 1000, min)
    const end = Math.min(until === null ? max : until / 1000, max)
    if (end <= min || begin >= max) continue
    const left = plot.valToPos(begin, 'x', true)
    // A short one is still a line.
    const width = Math.max(plot.valToPos(end, 'x', true) - left, devicePixelRatio)
    ctx.fillRect(left, bbox.top, width, bbox.height)
  }
  ctx.restore()
}

const COLOURS = {
  breached: 'breach',
  warned: 'warning',
  'cash-flow': 'flow',
  'reading-unconfirmed': 'doubt',
} as const satisfies Record<MarkKind, keyof Palette>

/** Draws a sign for each mark: losses at the upper edge, money at the lower one, a reading in doubt at its value. */
export function drawMarks(plot: uPlot, marks: readonly Mark[], palette: Palette): void {
  const { ctx, bbox } = plot
  const { min = 0, max = 0 } = plot.scales.x ?? {}
  const size = 4 * devicePixelRatio
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  // The last line that was drawn may have been a dotted one.
  ctx.setLineDash([])
  for (const mark of marks) {
    const at = mark.at / 1000
    if (at < min || at > max) continue
    ctx.fillStyle = palette[COLOURS[mark.kind]]
    ctx.strokeStyle = palette[COLOURS[mark.kind]]
    ctx.lineWidth = devicePixelRatio
    drawSign(plot, mark, plot.valToPos(at, 'x', true), size)
  }
  ctx.restore()
}

/** A shape for each kind: nobody needs the colour. */
function drawSign(plot: uPlot, { kind, amount }: Mark, x: number, size: number): void {
  const { ctx, bbox } = plot
  const top = bbox.top + 2 * size
  ctx.beginPath()
  switch (kind) {
    case 'breached':
      ctx.globalAlpha = 0.25
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
      ctx.stroke()
      ctx.globalAlpha = 1
      ctx.fillRect(x - size, top - size, 2 * size, 2 * size)
      return
    case 'warned':
      polygon(ctx, [x, top - size], [x + size, top + size], [x - size, top + size])
      return
    case 'cash-flow': {
      const y = bbox.top + bbox.height - 2 * size
      polygon(ctx, [x, y - 1.3 * size], [x + size, y], [x, y + 1.3 * size], [x - size, y])
      return
    }
    case 'reading-unconfirmed': {
      const y = amount === null ? top : plot.valToPos(Number(amount), 'y', true)
      const seen = Math.min(Math.max(y, bbox.top + size), bbox.top + bbox.height - size)
      ctx.lineWidth = 1.5 * devicePixelRatio
      ctx.arc(x, seen, size, 0, 2 * Math.PI)
      ctx.stroke()
      return
    }
    default:
      kind satisfies never
  }
}

function polygon(ctx: CanvasRenderingContext2D, ...corners: readonly (readonly [number, number])[]): void {
  for (const [x, y] of corners) ctx.lineTo(x, y)
  ctx.closePath()
  ctx.fill()
}
