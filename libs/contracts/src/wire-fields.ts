import { type Amount, formatAmount, readExactAmount } from './amount.ts'
import { formatInstant, type Instant, parseInstant } from './instant.ts'
import type { Parsed } from './parsed.ts'

/** Reads fields, and keeps the first fault. */
export class Fields {
  readonly #where: string
  fault: string | null = null

  constructor(where: string) {
    this.#where = where
  }

  amount(name: string, text: string): Amount {
    return this.#take(name, readExactAmount(text)) ?? 0n
  }

  amountOrNull(name: string, text: string | null): Amount | null {
    return text === null ? null : this.amount(name, text)
  }

  instant(name: string, text: string): Instant {
    return this.#take(name, parseInstant(text)) ?? 0
  }

  instantOrNull(name: string, text: string | null): Instant | null {
    return text === null ? null : this.instant(name, text)
  }

  #take<T>(name: string, read: Parsed<T>): T | null {
    if (read.ok) return read.value
    this.fault ??= `${this.#where}.${name} ${read.reason}`
    return null
  }
}

/** The wire form of an amount that may be unknown. */
export function moneyOrNull(value: Amount | null): string | null {
  return value === null ? null : formatAmount(value)
}

/** The wire form of a time that may be unknown. */
export function timeOrNull(value: Instant | null): string | null {
  return value === null ? null : formatInstant(value)
}

/** A field that passes the schema but cannot be parsed. Who reads a message turns it into a refusal. */
export class FieldFault extends Error {}

export function unwrap<T>(read: Parsed<T>): T {
  if (!read.ok) throw new FieldFault(read.reason)
  return read.value
}

export function toInstant(value: string): Instant {
  return unwrap(parseInstant(value))
}

export function toNullableInstant(value: string | null): Instant | null {
  return value === null ? null : toInstant(value)
}

/** Cash flows may have moved it beyond the bound for bots. */
export function toNullableAmount(value: string | null): Amount | null {
  return value === null ? null : unwrap(readExactAmount(value))
}
