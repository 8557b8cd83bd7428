import {
  CashFlowSchema,
  FlagsSchema,
  GlobalLimitsSchema,
  PauseSchema,
  ResumeSchema,
  TraderLimitsSchema,
} from '@drawbridge/contracts'
import Type, { type TProperties } from 'typebox'

/** The token identifies the caller; a body may say on whose behalf. */
function unsigned<T extends TProperties & { readonly by: unknown }>({ by: _by, ...fields }: T) {
  return Type.Object({ ...fields, by }, { additionalProperties: false })
}
const by = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 500,
    deprecated: true,
    description: 'the same as onBehalfOf; the author is the token',
  }),
)

/** Bodies of commands: the payloads of control inputs, except that `by` has another meaning. */
export const bodies = {
  flags: unsigned(FlagsSchema.properties),
  limits: unsigned(GlobalLimitsSchema.properties),
  traderLimits: unsigned(TraderLimitsSchema.properties),
  pause: unsigned(PauseSchema.properties),
  resume: unsigned(ResumeSchema.properties),
  cashFlow: unsigned(CashFlowSchema.properties),
} as const

export const traderParams = Type.Object({ id: Type.String({ description: 'the id of a trader' }) })
