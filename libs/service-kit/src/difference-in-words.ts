import { formatInstant } from '@drawbridge/contracts'
import type { Difference } from './configuration-differences.ts'
import { alignedRows } from './program.ts'

/** The command that puts the settings in force. */
export const APPLY = 'npm run drawbridge -- apply-config'

/** What to do about differences, in a sentence. */
export const TO_APPLY = `The log takes precedence. To put the settings in force: ${APPLY}`

/** A difference as one line for people. */
export function differenceInWords({ setting, inForce, wanted, comesAt }: Difference): string {
  const comes = comesAt === null ? '' : ` from ${formatInstant(comesAt)} on`
  return `${setting} is ${valueInWords(inForce)} in the log and ${valueInWords(wanted)} in the settings${comes}`
}

/**
 * Differences as lines of a table.
 * @param effect says when a wanted value takes effect; without it, what the log brings by itself is said
 */
export function differenceTable(
  differences: readonly Difference[],
  effect: (difference: Difference) => string = comesInWords,
): string[] {
  const rows = differences.map((difference) => [
    difference.setting,
    valueInWords(difference.inForce),
    valueInWords(difference.wanted),
    effect(difference),
  ])
  const head = [
    'setting',
    'in force',
    'in the settings',
    rows.some(([, , , when]) => when !== '') ? 'takes effect' : '',
  ]
  return alignedRows([head, ...rows])
}

function comesInWords({ comesAt }: Difference): string {
  return comesAt === null ? '' : `at ${formatInstant(comesAt)}, by an earlier change`
}

/** A value of a setting as people write it. */
export function valueInWords(value: unknown): string {
  if (value === undefined) return 'not set'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
