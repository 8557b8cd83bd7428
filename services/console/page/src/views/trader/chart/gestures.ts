import type uPlot from 'uplot'
import { moved, type TimeSpan, zoomed } from '../../../history/time-span.ts'

/** What a chart is asked by the pointer or by keys. */
export interface Moves {
  readonly span: () => TimeSpan
  readonly whole: () => TimeSpan
  readonly show: (span: TimeSpan) => void
}

/** A turn of a usual wheel is 100 pixels. */
const PER_PIXEL = 0.002
const STEP = 1.5

/** The wheel zooms where the pointer is; with Shift, or sideways, it moves. */
export function onWheel(plot: uPlot, event: WheelEvent, { span, whole, show }: Moves): void {
  event.preventDefault()
  const { deltaX, deltaY, shiftKey } = event
  const width = plot.over.clientWidth
  if (shiftKey || Math.abs(deltaX) > Math.abs(deltaY)) {
    show(moved(span(), (deltaX === 0 ? deltaY : deltaX) / width, whole()))
    return
  }
  const at = plot.posToVal(event.clientX - plot.over.getBoundingClientRect().left, 'x') * 1000
  show(zoomed(span(), at, Math.exp(deltaY * PER_PIXEL), whole()))
}

/** Follows a pointer that moves the chart, until it is let go. */
export function startMove(plot: uPlot, { clientX: begin }: MouseEvent, { span, whole, show }: Moves): void {
  const from = span()
  const width = plot.over.clientWidth
  const move = ({ clientX }: PointerEvent) => show(moved(from, (begin - clientX) / width, whole()))
  const stop = () => {
    removeEventListener('pointermove', move)
    removeEventListener('pointerup', stop)
  }
  addEventListener('pointermove', move)
  addEventListener('pointerup', stop)
}

/** @returns the span that a key asks for; null: it asks for none */
export function spanOfKey(key: string, span: TimeSpan, whole: TimeSpan): TimeSpan | null {
  const middle = (span.from + span.until) / 2
  switch (key) {
    case '+':
    case '=':
      return zoomed(span, middle, 1 / STEP, whole)
    case '-':
    case '_':
      return zoomed(span, middle, STEP, whole)
    case 'ArrowLeft':
      return moved(span, -0.1, whole)
    case 'ArrowRight':
      return moved(span, 0.1, whole)
    case 'PageUp':
      return moved(span, -0.9, whole)
    case 'PageDown':
      return moved(span, 0.9, whole)
    case 'Home':
      return moved(span, (whole.from - span.from) / (span.until - span.from), whole)
    case 'End':
      return moved(span, (whole.until - span.until) / (span.until - span.from), whole)
    case '0':
      return whole
    default:
      return null
  }
}
