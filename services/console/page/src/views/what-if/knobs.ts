import type { LimitsMessage } from '@drawbridge/contracts/pure'

/** A number of the limits that can be turned. */
export interface Knob {
  /** `max_daily_loss`, or `name` of a limit in its long form. */
  readonly name: string
  readonly words: string
  readonly unit: string
  /** What is in force, or the preset says. */
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step: number
}

/** What was turned: decimals by the name of the knob. */
export type Turned = Readonly<Record<string, string>>

type LongForm = {
  readonly limit?: { readonly percent?: string; readonly amount?: string; readonly of?: string }
} | null

const SHORT = [
  { name: 'max_daily_loss', words: 'Daily loss', unit: '%' },
  { name: 'max_drawdown', words: 'Drawdown', unit: '%' },
] as const
const PAUSE = 'stop_trading_minutes'

/** The knobs of limits as they are written: each has the size of a limit, or the least time of a pause. */
export function knobsOf(limits: LimitsMessage): readonly Knob[] {
  const short = SHORT.flatMap(({ name, words, unit }) => {
    const value = limits[name]
    return value == null ? [] : [percentKnob(name, words, unit, Number(value))]
  })
  const long = Object.entries(longFormsOf(limits)).flatMap(([name, form]) => longKnob(name, form))
  const minutes = limits[PAUSE] ?? 60
  const pause = { name: PAUSE, words: 'Shortest pause', unit: 'min', value: minutes, min: 1, step: 1 }
  return [...short, ...long, { ...pause, max: Math.max(1_440, minutes) }]
}

export function longFormsOf(limits: LimitsMessage): Readonly<Record<string, LongForm>> {
  return (limits.limits ?? {}) as Readonly<Record<string, LongForm>>
}

function percentKnob(name: string, words: string, unit: string, value: number): Knob {
  return { name, words, unit, value, min: 0.25, max: Math.max(30, Math.ceil(value)), step: 0.25 }
}

function longKnob(name: string, form: LongForm): Knob[] {
  const { percent, amount } = form?.limit ?? {}
  const words = name.replaceAll('_', ' ')
  if (percent !== undefined) return [percentKnob(name, words, '%', Number(percent))]
  if (amount === undefined) return []
  const value = Number(amount)
  const step = stepOf(value)
  return [{ name, words, unit: '', value, min: step, max: 3 * value, step }]
}

/** About a hundredth: 1, 2 or 5 and zeros. */
function stepOf(value: number): number {
  const exact = Math.max(value / 100, 0.01)
  const power = 10 ** Math.floor(Math.log10(exact))
  return ([1, 2, 5, 10].find((one) => one * power >= exact) ?? 10) * power
}

/** The limits as they are with the knobs turned, each as far as it is one of these limits. */
export function turnedLimits(limits: LimitsMessage, turned: Turned): LimitsMessage {
  const long = longFormsOf(limits)
  const change: Record<string, unknown> = {}
  const changedLong: Record<string, unknown> = {}
  for (const { name } of knobsOf(limits)) {
    const value = turned[name]
    if (value === undefined) continue
    const size = long[name]?.limit
    if (size === undefined) change[name] = name === PAUSE ? Number(value) : value
    else changedLong[name] = { limit: size.percent === undefined ? { amount: value } : { percent: value, of: size.of } }
  }
  const isLong = Object.keys(changedLong).length > 0
  return { ...change, ...(isLong ? { limits: changedLong } : {}) } as LimitsMessage
}
