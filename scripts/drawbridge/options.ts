import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { UsageError } from './command.ts'

/**
 * Reads the options of a command, and the words between them.
 * @param words how many words it takes at most
 * @throws {UsageError} what is wrong with them
 */
export function readOptions<const T extends ParseArgsOptionsConfig>(args: readonly string[], options: T, words = 0) {
  try {
    const read = parseArgs({ args: [...args], options, allowPositionals: words > 0, strict: true })
    if (read.positionals.length > words) throw new Error(`unexpected "${read.positionals[words]}"`)
    return read
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** @throws {UsageError} where it is not a whole number between the bounds */
export function readInteger(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new UsageError(`${name} must be a whole number, ${min} to ${max}, got "${text}"`)
}
