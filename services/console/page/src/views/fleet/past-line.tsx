import { useEffect, useMemo, useRef } from 'preact/hooks'
import { type EquityAnswer, historyPath } from '../../history/answers.ts'
import { useAnswer } from '../../history/use-answer.ts'

interface PastLineProps {
  readonly id: string
  /** The version of the trader's newest event. */
  readonly version: number
}

const WIDTH = 120
const HEIGHT = 40
const AGAIN_MS = 30_000

/** The whole past of an account, as small as a word. Its exact values are in the view of the trader. */
export function PastLine({ id, version }: PastLineProps) {
  const { value, again } = useAnswer<EquityAnswer>(historyPath(id, 'equity', null, { points: String(WIDTH) }))
  const newest = useRef(version)
  newest.current = version
  const known = value?.version.at(-1) ?? 0
  useEffect(() => {
    const timer = setInterval(() => {
      if (newest.current > known && !document.hidden) again()
    }, AGAIN_MS)
    return () => clearInterval(timer)
  }, [known])
  const points = useMemo(() => (value === null ? '' : pointsOf(value)), [value])
  return (
    <svg class="past-line" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <polyline points={points} />
    </svg>
  )
}

function pointsOf({ at, first, last }: EquityAnswer): string {
  const [from = 0, until = 0] = [at[0], at.at(-1)]
  const points = [[from, first[0] ?? 0], ...last.map((equity, index) => [at[index] ?? from, equity])] as const
  const equities = points.map(([, equity]) => equity)
  const [low, high] = [Math.min(...equities), Math.max(...equities)]
  return points
    .map(([time, equity]) => {
      const x = share(time, from, until) * WIDTH
      const y = (1 - share(equity, low, high)) * (HEIGHT - 2) + 1
      return `${x.toFixed(1)},${y.toFixed(1)}`
    })
    .join(' ')
}

function share(value: number, least: number, most: number): number {
  return most > least ? (value - least) / (most - least) : 0.5
}
