import { UsageError } from '@drawbridge/service-kit/program'

/** @throws {UsageError} where it is not a whole number between the bounds */
export function readInteger(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new UsageError(`${name} must be a whole number, ${min} to ${max}, got "${text}"`)
}
