import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { faultsOfExpression } from './promql.ts'

/** A rule in a file of Prometheus. */
export interface Rule {
  readonly alert?: unknown
  readonly record?: unknown
  readonly expr?: unknown
  readonly for?: unknown
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/**
 * Checks that a file of Prometheus rules names only metrics and labels of the catalogue; a rule with others would silently
 * never fire. Returns every fault.
 * @throws if the file cannot be read, or is not YAML.
 */
export function checkAlertRules(file: string): readonly string[] {
  const rules = readRules(file)
  if (rules.length === 0) return [`${file}: has no rules; it needs groups with rules`]
  const recorded = new Set(rules.map(({ record }) => record).filter((name) => typeof name === 'string'))
  return rules.flatMap((rule) => faultsOf(rule, recorded))
}

/** The rules of all groups of a file, as they are written. */
export function readRules(file: string): readonly Rule[] {
  const document: unknown = parse(readFileSync(file, 'utf8'))
  const { groups = [] } = (document ?? {}) as { groups?: readonly { rules?: readonly Rule[] }[] }
  return Array.isArray(groups) ? groups.flatMap(({ rules = [] }) => rules) : []
}

function faultsOf({ alert, record, expr }: Rule, recorded: ReadonlySet<unknown>): readonly string[] {
  const name = String(alert ?? record ?? 'a rule without a name')
  if (typeof expr !== 'string' && typeof expr !== 'number') return [`${name}: has no expr`]
  return faultsOfExpression(String(expr), recorded).map((fault) => `${name}: ${fault}`)
}
