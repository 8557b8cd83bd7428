import { useMemo, useState } from 'preact/hooks'
import { formatMoney } from '../../formats/amounts.ts'
import { formatTime } from '../../formats/times.ts'
import { CurveTable } from './curve-table.tsx'
import { WhatIfChart } from './what-if-chart.tsx'
import { curvesOf, inOrder, pointTimes } from './what-if-curves.ts'
import type { Judged } from './worker/messages.ts'

interface WhatIfPictureProps {
  readonly judged: Judged
  /** What the reports are called: what happened, and each setting. */
  readonly names: readonly string[]
  readonly timeZone: string | undefined
  readonly theme: string
}

/** The chart, what it says under the pointer, what its lines are, and the same as a table. */
export function WhatIfPicture({ judged, names, timeZone, theme }: WhatIfPictureProps) {
  const curves = useMemo(() => curvesOf(judged, names), [judged, names])
  const times = useMemo(() => pointTimes(judged), [judged])
  const [cursor, setCursor] = useState<number | null>(null)
  const at = cursor === null ? undefined : times[cursor]
  return (
    <>
      <WhatIfChart judged={judged} curves={curves} timeZone={timeZone} theme={theme} onCursor={setCursor} />
      <p class="chart-readout">
        {at === undefined || cursor === null ? (
          <span class="quiet">Point at the chart to read its values.</span>
        ) : (
          <>
            <strong>{formatTime(at, timeZone)}</strong>
            {inOrder(curves).map(({ words, column }) => (
              <span key={words}>
                {' '}
                · {words} <b>{formatMoney(column[cursor]?.toFixed(8) ?? null)}</b>
              </span>
            ))}
          </>
        )}
      </p>
      <ul class="chart-legend">
        {inOrder(curves).map(({ words, setting, kind }) => (
          <li
            key={words}
            data-kind={kind === 'limit' ? 'reference' : kind}
            data-limit={setting < 0 ? undefined : setting}
          >
            <span class="swatch" aria-hidden="true" /> {words}
          </li>
        ))}
        <li>
          <span class="blocked-swatch" aria-hidden="true" /> entries waited
        </li>
        {names.slice(1).map((name, index) => (
          <li key={name} data-limit={index}>
            <span class="strip-swatch" aria-hidden="true" /> {name}: entries would have waited
          </li>
        ))}
      </ul>
      <CurveTable curves={curves} times={times} timeZone={timeZone} />
    </>
  )
}
