import {
  compileCheck,
  type EscalationStep,
  isAtLeast,
  NOTICE_KINDS,
  type NoticeKind,
  nearestName,
  type Parsed,
  parsed,
  type Route,
  refused,
  SEVERITIES,
  type Severity,
  type TraderId,
  worstSeverityOf,
} from '@drawbridge/contracts'
import Type from 'typebox'
import type { TraderConfig } from '../trader-settings.ts'

const names = (description: string) =>
  Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 100, description })
const MINUTES_MAX = 10_080
/** A test goes to the channel that somebody names. */
const ROUTED_KINDS = NOTICE_KINDS.filter((kind) => kind !== 'test')

const RouteSchema = Type.Object(
  {
    traders: Type.Optional(names('a list of traders like ["bot1"]')),
    tags: Type.Optional(names('a list of tags like ["futures"]')),
    severity: Type.Optional(
      Type.Enum([...SEVERITIES], { description: SEVERITIES.map((one) => `"${one}"`).join(', ') }),
    ),
    kinds: Type.Optional(names(`a list of ${ROUTED_KINDS.join(', ')}`)),
    to: names('a list of channels'),
    escalate: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 10, description: 'a list of {after_minutes, to}' })),
  },
  { additionalProperties: false },
)
const StepSchema = Type.Object(
  {
    after_minutes: Type.Integer({
      minimum: 1,
      maximum: MINUTES_MAX,
      description: `whole minutes, 1 to ${MINUTES_MAX}`,
    }),
    to: names('a list of channels'),
  },
  { additionalProperties: false },
)
const checkRoute = compileCheck<Type.Static<typeof RouteSchema>>(RouteSchema)
const checkStep = compileCheck<Type.Static<typeof StepSchema>>(StepSchema)

/**
 * A route all of whose names can match something.
 * @param channels their names
 * @param traders of config.json, as far as they are valid
 * @param known the names of all traders of config.json
 */
export function readRoute(
  written: unknown,
  channels: readonly string[],
  traders: Readonly<Record<TraderId, TraderConfig>>,
  known: readonly string[],
): Parsed<Route> {
  const checked = checkRoute(written)
  if (!checked.ok) return checked
  const { value } = checked
  const steps = (value.escalate ?? []).map(readStep)
  const tags = [...new Set(Object.values(traders).flatMap(({ about }) => about.tags))]
  const severity = value.severity ?? (value.kinds === undefined ? 'warning' : 'info')
  const faults = [
    ...steps.flatMap((step, index) => (step.ok ? [] : [`escalate ${index + 1}: ${step.reason}`])),
    ...unknown('to', value.to, channels, 'channel'),
    ...steps.flatMap((step) => (step.ok ? unknown('escalate', step.value.to, channels, 'channel') : [])),
    ...unknown('kinds', value.kinds ?? [], ROUTED_KINDS, 'kind'),
    ...unknown('tags', value.tags ?? [], tags, 'tag of a trader'),
    ...near('traders', value.traders ?? [], known),
    ...tooMild(value.kinds ?? [], severity),
    ...apart(value.traders ?? [], value.tags, traders, known),
  ]
  if (faults.length > 0) return refused(faults.join('; '))
  const escalate = steps.flatMap((step) => (step.ok ? [step.value] : []))
  return parsed({
    traders: value.traders ?? null,
    tags: value.tags ?? null,
    severity,
    kinds: (value.kinds as readonly NoticeKind[] | undefined) ?? null,
    to: value.to,
    escalate: escalate.toSorted((a, b) => a.afterMinutes - b.afterMinutes),
  })
}

function readStep(written: unknown): Parsed<EscalationStep> {
  const step = checkStep(written)
  return step.ok ? parsed({ afterMinutes: step.value.after_minutes, to: step.value.to }) : step
}

function unknown(field: string, given: readonly string[], known: readonly string[], what: string): readonly string[] {
  return given
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = nearestName(name, known)
      const hint = meant === null ? `known: ${known.join(', ') || 'none'}` : `did you mean "${meant}"?`
      return `${field} names "${name}", which is no ${what}, ${hint}`
    })
}

/** A trader need not be configured; but one that is nearly one of config.json is a slip. */
function near(field: string, given: readonly string[], known: readonly string[]): readonly string[] {
  return given
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const meant = nearestName(name, known, 1)
      return meant === null ? [] : [`${field} names "${name}", did you mean "${meant}"?`]
    })
}

function tooMild(kinds: readonly string[], severity: Severity): readonly string[] {
  return ROUTED_KINDS.filter((kind) => kinds.includes(kind) && !isAtLeast(worstSeverityOf(kind), severity)).map(
    (kind) =>
      `kinds names "${kind}", which is never worse than "${worstSeverityOf(kind)}": write that as the severity, or leave severity out`,
  )
}

/** Traders that have none of the tags. Those of a trader that is not valid are not known. */
function apart(
  named: readonly string[],
  tags: readonly string[] | undefined,
  traders: Readonly<Record<TraderId, TraderConfig>>,
  known: readonly string[],
): readonly string[] {
  if (tags === undefined) return []
  const tagsOf = (trader: string) => traders[trader]?.about.tags ?? []
  return named
    .filter((trader) => trader in traders || !known.includes(trader))
    .filter((trader) => !tags.some((tag) => tagsOf(trader).includes(tag)))
    .map((trader) => `traders names "${trader}", which has no tag of ${tags.join(', ')}: write two routes for either`)
}
