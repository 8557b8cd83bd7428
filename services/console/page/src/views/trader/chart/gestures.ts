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
  const over = new AbortController()
  const { signal } = over
  addEventListener('pointermove', move, { signal })
  for (const end of ['pointerup', 'pointercancel'] as const) addEventListener(end, () => over.abort(), { signal })
}

interface Finger {
  readonly begin: number
  readonly x: number
}

/** One finger moves the chart, two zoom it; up and down the page scrolls, as elsewhere. @returns ends it */
export function followFingers({ over }: uPlot, { span, whole, show }: Moves): () => void {
  const fingers = new Map<number, Finger>()
  let from = span()
  /** From now on, what fingers do is counted from how they are. */
  const begin = () => {
    from = span()
    for (const [id, { x }] of fingers) fingers.set(id, { begin: x, x })
  }
  const down = ({ pointerType, pointerId, clientX }: PointerEvent) => {
    if (pointerType !== 'touch' || fingers.size === FINGERS_MAX) return
    fingers.set(pointerId, { begin: clientX, x: clientX })
    begin()
  }
  const move = ({ pointerId, clientX }: PointerEvent) => {
    const finger = fingers.get(pointerId)
    if (finger === undefined) return
    fingers.set(pointerId, { ...finger, x: clientX })
    const { left, width } = over.getBoundingClientRect()
    const [was, is] = [spread(fingers, 'begin'), spread(fingers, 'x')]
    const at = from.from + ((was.middle - left) / width) * (from.until - from.from)
    const near = fingers.size === 1 ? from : zoomed(from, at, was.width / is.width, whole())
    show(moved(near, (was.middle - is.middle) / width, whole()))
  }
  const up = ({ pointerId }: PointerEvent) => {
    if (fingers.delete(pointerId)) begin()
  }
  // Two fingers are never the browser's, which would scroll or enlarge the page.
  const keep = (event: TouchEvent) => event.touches.length === FINGERS_MAX && event.preventDefault()
  over.addEventListener('touchstart', keep, { passive: false })
  const listeners = [
    ['pointerdown', down],
    ['pointermove', move],
    ['pointerup', up],
    ['pointercancel', up],
  ] as const
  for (const [kind, listener] of listeners) over.addEventListener(kind, listener)
  return () => {
    over.removeEventListener('touchstart', keep)
    for (const [kind, listener] of listeners) over.removeEventListener(kind, listener)
  }
}

const FINGERS_MAX = 2

/** Where fingers are together, and how far from each other. */
function spread(fingers: ReadonlyMap<number, Finger>, which: 'begin' | 'x') {
  const places = [...fingers.values()].map((finger) => finger[which])
  const [first, last] = [Math.min(...places), Math.max(...places)]
  return { middle: (first + last) / 2, width: Math.max(10, last - first) }
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
