import { type Amount, formatAmount, HUNDRED_PERCENT, parseAmount } from './amount.ts'
import { aList, anInteger, anObject } from './json-schema.ts'
import { amountPart, type LimitValue, object, partsOf } from './limit-values.ts'
import { parsed, refused } from './parsed.ts'

/** When a reading is confirmed before it counts. */
export interface ConfirmJump {
  /** Percent of the last confirmed value; a reading that differs by more is not believed at once. */
  readonly percent: Amount
  /** For so long other readings must agree with it. */
  readonly seconds: number
}

const JUMP = ['percent', 'seconds']

export const confirmJump: LimitValue<ConfirmJump, object> = object(
  'an object like {"percent": 20, "seconds": 5}',
  partsOf({ percent: amountPart, seconds: anInteger({ minimum: 0, maximum: 3_600 }) }),
  (message) => {
    const { percent, seconds } = message as Readonly<Record<string, unknown>>
    const unknown = Object.keys(message).find((name) => !JUMP.includes(name))
    if (unknown !== undefined) return refused(`has an unknown field "${unknown}" (known: percent, seconds)`)
    const read = parseAmount(percent)
    if (!read.ok) return refused(`percent ${read.reason}`)
    if (read.value <= 0n) return refused(`percent must be above 0, got ${percent}`)
    if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 0 || seconds > 3_600) {
      return refused(`seconds must be a whole number, 0 to 3600, got ${JSON.stringify(seconds) ?? 'nothing'}`)
    }
    // JSON has a -0, which is written as 0.
    return parsed({ percent: read.value, seconds: seconds + 0 })
  },
  ({ percent, seconds }) => ({ percent: formatAmount(percent), seconds }),
)

/** While more than this share of the room is left, positions may have this part of their size. */
export interface BudgetStep {
  readonly abovePct: Amount
  readonly factor: Amount
}

const STEPS_MAX = 8
const ONE = 100_000_000n

/** By falling share; below the last one, the factor of the last holds. */
export const budgetSteps: LimitValue<readonly BudgetStep[], readonly unknown[]> = {
  words: `a list of up to ${STEPS_MAX} steps like {"above_percent": 50, "factor": 1}`,
  isAmount: false,
  schema: (options) => aList(anObject({}), { maxItems: STEPS_MAX, ...options }),
  parts: aList(partsOf({ above_percent: amountPart, factor: amountPart }), { maxItems: STEPS_MAX }),
  read: (list) => {
    const steps: BudgetStep[] = []
    for (const one of list) {
      const { above_percent: above, factor } = one as Readonly<Record<string, unknown>>
      const abovePct = parseAmount(above)
      const readFactor = parseAmount(factor)
      if (!abovePct.ok || abovePct.value < 0n || abovePct.value >= HUNDRED_PERCENT) {
        return refused(`above_percent must be from 0 to below 100, got ${JSON.stringify(above) ?? 'nothing'}`)
      }
      if (!readFactor.ok || readFactor.value < 0n || readFactor.value > ONE) {
        return refused(`factor must be from 0 to 1, got ${JSON.stringify(factor) ?? 'nothing'}`)
      }
      steps.push({ abovePct: abovePct.value, factor: readFactor.value })
    }
    steps.sort((a, b) => (a.abovePct > b.abovePct ? -1 : 1))
    return parsed(steps)
  },
  write: (steps) =>
    steps.map(({ abovePct, factor }) => ({ above_percent: formatAmount(abovePct), factor: formatAmount(factor) })),
}
