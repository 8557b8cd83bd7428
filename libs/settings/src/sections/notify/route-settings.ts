import {
  compileCheck,
  type EscalationStep,
  NOTICE_KINDS,
  type NoticeKind,
  nearestName,
  type Parsed,
  parsed,
  type Route,
  refused,
  SEVERITIES,
} from '@drawbridge/contracts'
import Type from 'typebox'

const names = (description: string) =>
  Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 100, description })
const MINUTES_MAX = 10_080

const RouteSchema = Type.Object(
  {
    traders: Type.Optional(names('a list of traders like ["bot1"]')),
    tags: Type.Optional(names('a list of tags like ["futures"]')),
    severity: Type.Optional(
      Type.Enum([...SEVERITIES], { description: SEVERITIES.map((one) => `"${one}"`).join(', ') }),
    ),
    kinds: Type.Optional(names(`a list of ${NOTICE_KINDS.join(', ')}`)),
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

/** @param channels their names @param tags that traders have @param traders of config.json */
export function readRoute(
  written: unknown,
  channels: readonly string[],
  tags: readonly string[],
  traders: readonly string[],
): Parsed<Route> {
  const checked = checkRoute(written)
  if (!checked.ok) return checked
  const { value } = checked
  const steps = (value.escalate ?? []).map(readStep)
  const faults = [
    ...steps.flatMap((step, index) => (step.ok ? [] : [`escalate ${index + 1}: ${step.reason}`])),
    ...unknown('to', value.to, channels, 'channel'),
    ...steps.flatMap((step) => (step.ok ? unknown('escalate', step.value.to, channels, 'channel') : [])),
    ...unknown('kinds', value.kinds ?? [], NOTICE_KINDS, 'kind'),
    ...unknown('tags', value.tags ?? [], tags, 'tag of a trader'),
    ...near('traders', value.traders ?? [], traders),
  ]
  if (faults.length > 0) return refused(faults.join('; '))
  const escalate = steps.flatMap((step) => (step.ok ? [step.value] : []))
  return parsed({
    traders: value.traders ?? null,
    tags: value.tags ?? null,
    severity: value.severity ?? 'warning',
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
