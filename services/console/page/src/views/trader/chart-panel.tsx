import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { type BlockedAnswer, type EquityAnswer, historyPath, type MarksAnswer } from '../../history/answers.ts'
import { Refused } from '../../history/refused.tsx'
import { wholeOf } from '../../history/time-span.ts'
import { type Asked, useAnswer } from '../../history/use-answer.ts'
import { consoleNow } from '../../store/console-now.ts'
import { fleet } from '../../store/live.ts'
import { curvesOf, withLive } from './chart/chart-data.ts'
import { EquityChart } from './chart/equity-chart.tsx'
import { ChartLegend } from './chart-legend.tsx'
import { ChartReadout } from './chart-readout.tsx'
import { ChartTable } from './chart-table.tsx'
import { SpanToolbar } from './span-toolbar.tsx'
import { useLivePoints } from './use-live-points.ts'
import { useTheme } from './use-theme.ts'
import type { TraderTime } from './use-trader-span.ts'
import { useZone } from './use-zone.ts'

interface ChartPanelProps {
  readonly id: string
  readonly time: TraderTime
  readonly marks: Asked<MarksAnswer>
  readonly onLastVersion: (version: number | null) => void
}

/** Points are asked for in steps of so many, so that a window of another size asks for the same. */
const POINTS_STEP = 100
/** While everything is shown and something new came, the history is asked again after this time. */
const AGAIN_MS = 10_000
const MONTH_MS = 30 * 86_400_000

/** The chart with all that is around it. */
export function ChartPanel({ id, time, marks, onLastVersion }: ChartPanelProps) {
  const { asked, whole, setWhole, show } = time
  const panel = useRef<HTMLElement>(null)
  const points = usePoints(panel)
  const equity = useAnswer<EquityAnswer>(historyPath(id, 'equity', asked, { points: String(points) }))
  const blocked = useAnswer<BlockedAnswer>(historyPath(id, 'blocked', asked))
  const live = useLivePoints(id)
  const answer = useMemo(() => (equity.value === null ? null : withLive(equity.value, live)), [equity.value, live])
  useEffect(() => {
    if (answer !== null) setWhole(wholeOf(answer.begins, answer.ends))
  }, [answer?.begins, answer?.ends])
  useEffect(() => onLastVersion(answer === null ? null : lastVersionIn(answer, asked?.until ?? null)), [answer, asked])
  const isBehind = asked === null && equity.value !== null && versionOf(id) > (equity.value.version.at(-1) ?? 0)
  useAgain(isBehind ? equity.value : null, [equity.again, blocked.again, marks.again])
  const timeZone = useZone(id)
  const theme = useTheme()
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [cursor, setCursor] = useState<number | null>(null)
  const curves = useMemo(() => (answer === null ? [] : curvesOf(answer)), [answer])

  const { refusal } = equity
  if (answer === null || whole === null) {
    return (
      <section ref={panel} class="chart-panel" aria-label="Chart" aria-busy={equity.isLoading}>
        {refusal === null && <p class="empty">Reading the history …</p>}
        {refusal !== null && <Refused refusal={refusal} again={equity.again} />}
        {refusal?.code === 'history-too-slow' && (
          <button type="button" onClick={() => show({ from: consoleNow() - MONTH_MS, until: consoleNow() })}>
            Show the last month
          </button>
        )}
      </section>
    )
  }
  const span = asked ?? whole
  return (
    <section ref={panel} class="chart-panel" aria-label="Chart" aria-busy={equity.isLoading}>
      <SpanToolbar
        id={id}
        span={span}
        whole={whole}
        isAll={asked === null}
        timeZone={timeZone}
        onSpan={show}
        panel={panel}
      />
      {refusal !== null && <Refused refusal={refusal} again={equity.again} />}
      <EquityChart
        id={id}
        answer={answer}
        curves={curves}
        hidden={hidden}
        span={span}
        whole={whole}
        periods={blocked.value?.periods ?? []}
        marks={marks.value?.marks ?? []}
        timeZone={timeZone}
        theme={theme}
        onSpan={show}
        onCursor={setCursor}
      />
      <ChartReadout answer={answer} index={cursor} timeZone={timeZone} />
      <ChartLegend curves={curves} hidden={hidden} onHidden={setHidden} marks={marks.value} />
      <ChartTable answer={answer} span={span} timeZone={timeZone} />
    </section>
  )
}

/** One point a pixel: each has the lowest and the highest of its time. */
function usePoints(panel: { readonly current: HTMLElement | null }): number {
  const [points, setPoints] = useState(() => roundedUp(innerWidth))
  useEffect(() => {
    if (panel.current === null) return
    const watch = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setPoints(roundedUp(entry.contentRect.width))
    })
    watch.observe(panel.current)
    return () => watch.disconnect()
  }, [])
  return points
}

function roundedUp(pixels: number): number {
  return Math.min(5_000, Math.max(1, Math.ceil(pixels / POINTS_STEP)) * POINTS_STEP)
}

function versionOf(id: string): number {
  void fleet.revision.value
  return fleet.members.get(id)?.version ?? 0
}

/**
 * Asks again a while after an answer has turned out to be behind.
 * @param behind the answer; null: it is not behind
 */
function useAgain(behind: EquityAnswer | null, again: readonly (() => void)[]): void {
  useEffect(() => {
    if (behind === null) return
    const timer = setTimeout(() => {
      for (const ask of again) ask()
    }, AGAIN_MS)
    return () => clearTimeout(timer)
  }, [behind])
}

function lastVersionIn({ at, version }: EquityAnswer, until: number | null): number | null {
  if (until === null) return version.at(-1) ?? null
  for (let index = at.length - 1; index >= 0; index -= 1) {
    if ((at[index] ?? 0) < until) return version[index] ?? null
  }
  return null
}
