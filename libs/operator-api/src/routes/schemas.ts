import {
  CashFlowSchema,
  FlagsSchema,
  GlobalLimitsSchema,
  PauseSchema,
  ResumeSchema,
  TraderLimitsSchema,
} from '@drawbridge/contracts'
import Type, { type TProperties } from 'typebox'

/** Who asks is known by their token: a body does not say it. */
function unsigned<T extends TProperties & { readonly by: unknown }>({ by: _by, ...fields }: T) {
  return Type.Object(fields, { additionalProperties: false })
}

/** Bodies of commands: the payloads of control inputs, but for `by`. */
export const bodies = {
  flags: unsigned(FlagsSchema.properties),
  limits: unsigned(GlobalLimitsSchema.properties),
  traderLimits: unsigned(TraderLimitsSchema.properties),
  pause: unsigned(PauseSchema.properties),
  resume: unsigned(ResumeSchema.properties),
  cashFlow: unsigned(CashFlowSchema.properties),
} as const

export const traderParams = Type.Object({ id: Type.String({ description: 'the id of a trader' }) })
