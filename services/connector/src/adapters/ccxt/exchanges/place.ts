import type { Failure } from '../../../core/failure.ts'
import { valueAt } from '../../generic/pointer.ts'
import type { Place } from '../../generic/reading.ts'

/** A value of an answer, and what people call it. */
export function placeAt(body: unknown, pointer: string): Place {
  return { name: pointer.slice(1).replaceAll('/', '.'), value: valueAt(body, pointer) }
}

/** The list at a place; null: there is none. */
export function listAt(body: unknown, pointer: string): readonly unknown[] | null {
  const value = valueAt(body, pointer)
  return Array.isArray(value) ? value : null
}

/** A part of the answer is not there, so that the rest of it is not believed either. */
export function missingIn(pointer: string): Failure {
  return { kind: 'unusable', reason: `in its answer ${pointer.slice(1).replaceAll('/', '.')} is missing or no list` }
}

/** A currency that the exchange does not write into its answer. */
export function currencyOf(value: string): Place {
  return { name: 'currency', value }
}
