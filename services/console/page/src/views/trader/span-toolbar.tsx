import { useState } from 'preact/hooks'
import { formatDuration, formatTime } from '../../formats/times.ts'
import { historyPath } from '../../history/answers.ts'
import { lastOf, moved, type TimeSpan, widthOf, zoomed } from '../../history/time-span.ts'
import { formatDecimal } from './chart/axis-words.ts'
import { paletteOf } from './chart/palette.ts'
import { savePicture } from './chart/save-picture.ts'

interface SpanToolbarProps {
  readonly id: string
  readonly span: TimeSpan
  readonly whole: TimeSpan
  readonly isAll: boolean
  readonly timeZone: string | undefined
  readonly onSpan: (span: TimeSpan) => void
  readonly panel: { readonly current: HTMLElement | null }
}

const DAY_MS = 86_400_000
const LAST = [
  ['1 h', 3_600_000],
  ['1 d', DAY_MS],
  ['1 w', 7 * DAY_MS],
  ['1 m', 30 * DAY_MS],
  ['1 y', 365 * DAY_MS],
  ['5 y', 1_826 * DAY_MS],
] as const

const YEAR_MS = 365.25 * DAY_MS

function widthInWords(ms: number): string {
  return ms < 2 * YEAR_MS ? formatDuration(ms) : `${formatDecimal(Math.round((ms / YEAR_MS) * 10) / 10)} years`
}

/** Which time the chart shows, by buttons; and its export. */
export function SpanToolbar({ id, span, whole, isAll, timeZone, onSpan, panel }: SpanToolbarProps) {
  const [fault, setFault] = useState<string | null>(null)
  const middle = (span.from + span.until) / 2
  const words = `${formatTime(span.from, timeZone)} to ${formatTime(span.until, timeZone)}`
  const save = async () => {
    const host = panel.current?.querySelector<HTMLElement>('.chart')
    if (host === null || host === undefined) return
    const { surface, ink } = paletteOf(host)
    setFault(await savePicture(host, `${id}, ${words}`, surface, ink, `${id}.png`))
  }
  return (
    <div class="span-toolbar">
      <p class="span-words">
        {words} <span class="quiet">({widthInWords(widthOf(span))})</span>
      </p>
      <fieldset class="span-buttons">
        <legend class="unseen">Time that the chart shows</legend>
        <button type="button" aria-label="Earlier" onClick={() => onSpan(moved(span, -0.5, whole))}>
          ◀
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => onSpan(zoomed(span, middle, 2, whole))}>
          −
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => onSpan(zoomed(span, middle, 0.5, whole))}>
          +
        </button>
        <button type="button" aria-label="Later" onClick={() => onSpan(moved(span, 0.5, whole))}>
          ▶
        </button>
        {LAST.filter(([, width]) => width < widthOf(whole)).map(([name, width]) => (
          <button type="button" key={name} aria-label={`The last ${name}`} onClick={() => onSpan(lastOf(whole, width))}>
            {name}
          </button>
        ))}
        <button type="button" aria-pressed={isAll} onClick={() => onSpan(whole)}>
          All
        </button>
        <a class="button" href={historyPath(id, 'events.csv', isAll ? null : span)} download>
          CSV
        </a>
        <button type="button" onClick={() => void save()}>
          PNG
        </button>
      </fieldset>
      {fault !== null && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  )
}
