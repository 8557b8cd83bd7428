import { LIMITS, nearestName } from '@drawbridge/contracts'
import { UsageError } from '@drawbridge/service-kit/program'

/** A change of limits, as the console takes it: those in the long form stand in `limits`. */
export type LimitChange = Readonly<Record<string, unknown>>

const SHORT: readonly string[] = Object.values(LIMITS)
  .map(({ name }) => name as string)
  .filter((name) => name !== 'limits')
const OF_ALL = ['max_traders']
const NAME = /^[a-z][a-z0-9_]{0,39}$/

/** The name of a limit alone, and the path of a parameter in its long form. */
type Place =
  | { readonly kind: 'short'; readonly path: readonly string[] }
  | { readonly kind: 'long'; readonly path: readonly string[] }

/**
 * Reads "max_daily_loss=3", "weekly_loss.limit.amount=400" and "weekly_loss={...}".
 * @throws {UsageError} if one is no such text
 */
export function readAssignments(written: readonly string[], isForAll: boolean): LimitChange {
  const change: Record<string, unknown> = {}
  for (const one of written) {
    const at = one.indexOf('=')
    if (at < 1) throw new UsageError(`"${one}" must be like max_daily_loss=3: a name, "=", and a value`)
    const value = readValue(one.slice(at + 1))
    put(change, placeOf(one.slice(0, at), typeof value === 'object', isForAll), value, one)
  }
  return change
}

/** Null for each: no such limit. @throws {UsageError} if a name is none, or always has a value */
export function readNames(names: readonly string[]): LimitChange {
  const change: Record<string, unknown> = {}
  for (const name of names) {
    const place = placeOf(name, true, false)
    const limit = Object.values(LIMITS).find((one) => one.name === name)
    if (limit !== undefined && !limit.value.words.includes('or null')) {
      throw new UsageError(
        `${name} always has a value: limits set gives it another one (the usual one is ${JSON.stringify(limit.initial)})`,
      )
    }
    put(change, place, null, name)
  }
  return change
}

function placeOf(name: string, isObject: boolean, isForAll: boolean): Place {
  const path = name.split('.')
  const [first = ''] = path
  const known = isForAll ? [...SHORT, ...OF_ALL] : SHORT
  if (known.includes(first)) return { kind: 'short', path }
  const near = nearestName(first, known)
  if (!isObject && path.length === 1) {
    const meant =
      near === null
        ? 'limits shows those in force; a new one needs its long form (docs/configuration.md)'
        : `did you mean ${near}?`
    throw new UsageError(`there is no limit "${name}": ${meant}`)
  }
  if (!NAME.test(first))
    throw new UsageError(
      `"${first}" is no name of a limit: a small letter, then at most 39 small letters, digits or "_"`,
    )
  return { kind: 'long', path: ['limits', ...path] }
}

/** A number that JSON would round stays a text. */
function readValue(text: string): unknown {
  if (/^-?[\d.]+$/.test(text) && text.replaceAll(/\D/g, '').length > 15) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    if (/^[[{]/.test(text))
      throw new UsageError(`${text} must be JSON: put it in quotes, like 'weekly_loss={"window": "week"}'`)
    return text
  }
}

function put(change: Record<string, unknown>, { path }: Place, value: unknown, written: string): void {
  let within = change
  for (const part of path.slice(0, -1)) {
    const inner = Object.hasOwn(within, part) ? within[part] : {}
    if (typeof inner !== 'object' || inner === null)
      throw new UsageError(`"${written}" contradicts another value: name it once`)
    within[part] = inner
    within = inner as Record<string, unknown>
  }
  const last = path.at(-1) ?? ''
  if (Object.hasOwn(within, last)) throw new UsageError(`"${written}" contradicts another value: name it once`)
  within[last] = value
}
