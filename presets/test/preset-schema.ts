/** The form of a preset as JSON Schema: what is not named here is a fault, so that no misspelled parameter is ignored. */

const object = (properties: object, required: readonly string[] = Object.keys(properties)) => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
})
const words = (...values: readonly string[]) => ({ enum: values })
const POSITIVE = { type: 'number', exclusiveMinimum: 0 }
const COUNT = { type: 'integer', minimum: 1 }
const CLOCK_TIME = { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' }
const SENTENCE = { type: 'string', pattern: '^[A-Z`a-z].*[.]$' }
const SENTENCES = { type: 'array', items: SENTENCE }
const NAME = '^[a-z][a-z0-9_]{0,39}$'

const WINDOW = words('day', 'week', 'month', 'lifetime')
const OF = words('equity', 'balance', 'higher')
const PERCENT_OF = words('initial', 'reference', 'start-equity', 'start-balance')

const reference = {
  oneOf: [
    object({ kind: { const: 'initial' } }),
    object({ kind: { const: 'start' }, of: OF }),
    object({ kind: { const: 'peak' }, of: OF, sampled: words('continuous', 'day-close') }),
  ],
}

const limit = object(
  {
    measure: words('loss', 'profit'),
    tested: words('equity', 'balance', 'lower'),
    window: WINDOW,
    reference,
    limit: { oneOf: [object({ amount: POSITIVE }), object({ percent: POSITIVE, of: PERCENT_OF })] },
    lock: object({ initial_plus: { type: 'number' } }),
    tiers: {
      type: 'array',
      minItems: 1,
      items: object({ at_percent: POSITIVE, action: words('warn', 'block-entries', 'flatten') }),
    },
    warn_only: { const: true },
    ends: words('timer', 'next-window', 'at', 'manual'),
    ends_at: CLOCK_TIME,
    least_minutes: COUNT,
    on_end: words('keep', 'rebase'),
    flows: words('scale', 'shift', 'fixed'),
  },
  // A preset says how a pause ends and what a payout does, also where that is the default.
  ['window', 'reference', 'limit', 'ends', 'flows'],
)

const settings = object(
  {
    initial_balance: POSITIVE,
    reset_time: CLOCK_TIME,
    reset_time_zone: { type: 'string' },
    sessions: object(
      {
        zone: { type: 'string' },
        hours: { type: 'array', items: { type: 'string' }, minItems: 1 },
        holidays: { type: 'array', items: { type: 'string' } },
        block_entries: { const: true },
      },
      ['zone', 'hours'],
    ),
    week_starts: words('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'),
    limits: {
      type: 'object',
      propertyNames: { pattern: NAME },
      additionalProperties: limit,
      minProperties: 1,
      maxProperties: 32,
    },
    max_losing_trades: object(
      { count: COUNT, in_a_row: { const: true }, within_minutes: COUNT, min_loss: POSITIVE, least_minutes: COUNT },
      ['count'],
    ),
    max_trades: object({ count: COUNT, window: WINDOW }),
    consistency: object({ percent: POSITIVE, strict: { const: true } }, ['percent']),
    min_days: COUNT,
    profit_target: { oneOf: [object({ amount: POSITIVE }), object({ percent: POSITIVE, of: { const: 'initial' } })] },
  },
  ['reset_time', 'reset_time_zone', 'limits'],
)

const source = object(
  {
    address: { type: 'string', pattern: '^https?://[^ ]+$' },
    read: { type: 'string', pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' },
    remark: SENTENCE,
  },
  ['address', 'read'],
)

export const PRESET_SCHEMA = object({
  name: { type: 'string', pattern: '^[a-z][a-z0-9-]{0,39}$' },
  title: { type: 'string', minLength: 1 },
  about: SENTENCE,
  sources: { type: 'array', items: source, minItems: 1 },
  covers: { ...SENTENCES, minItems: 1 },
  does_not_cover: { ...SENTENCES, minItems: 1 },
  conflicts: SENTENCES,
  note: { const: "Firms change their rules; the firm's own count holds." },
  example_balance: POSITIVE,
  settings,
})
