import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { describe } from './amount.ts'
import { type Parsed, parsed, refused } from './parsed.ts'

/** Checks a value against a schema; a refusal names every field at fault, what it must be and what it was. */
export type Check<T> = (value: unknown) => Parsed<T>

/**
 * Compiles a schema of an object whose properties say in `description` what they must be ("a time like ...").
 * The reason of a refusal is made of these descriptions.
 */
export function compileCheck<T>(schema: TSchema & { properties: Record<string, TSchema> }): Check<T> {
  const validator = Compile(schema)
  return (value) => {
    if (validator.Check(value)) return parsed(value as T)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return refused(`must be a JSON object, got ${describe(value)}`)
    }
    const faults = new Set<string>()
    for (const error of validator.Errors(value)) {
      const path = error.instancePath.split('/').slice(1)
      for (const fault of explain(schema, value as Record<string, unknown>, path, error.params)) faults.add(fault)
    }
    return refused([...faults].join('; '))
  }
}

function explain(
  schema: { properties: Record<string, TSchema> },
  value: Record<string, unknown>,
  path: readonly string[],
  params: object,
): string[] {
  const [name] = path
  if (name !== undefined) {
    const property = schema.properties[name]
    if (property === undefined) return [unknownField(name, Object.keys(schema.properties))]
    const expected = (property as { description?: string }).description ?? 'valid'
    return [`${name} must be ${expected}, got ${describe(value[name])}`]
  }
  if ('requiredProperties' in params)
    return (params.requiredProperties as string[]).map((field) => `${field} is missing`)
  if ('additionalProperties' in params) {
    return (params.additionalProperties as string[]).map((field) => unknownField(field, Object.keys(schema.properties)))
  }
  return []
}

/** Names an unknown field and, where one is near, the field that was probably meant. */
export function unknownField(name: string, known: readonly string[]): string {
  const near = nearestName(name, known)
  return near === null
    ? `unknown field ${describe(name)} (known: ${known.join(', ')})`
    : `unknown field ${describe(name)}, did you mean "${near}"?`
}

/** The nearest of the known names that a slip or two make of this one; null: none is near. */
export function nearestName(name: string, known: readonly string[], slipsMax = 2): string | null {
  let nearest: string | null = null
  let within = slipsMax
  for (const candidate of known) {
    if (Math.abs(name.length - candidate.length) > within) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance > within || (nearest !== null && distance === within)) continue
    nearest = candidate
    within = distance
  }
  return nearest
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
