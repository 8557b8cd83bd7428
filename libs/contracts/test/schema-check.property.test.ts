import fc from 'fast-check'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import type { JsonSchema } from '../src/json-schema.ts'
import { LIMIT_PARAMETERS } from '../src/limit-parameters.ts'
import { LIMITS } from '../src/limits.ts'
import { isOf } from '../src/schema-check.ts'

const values = [...Object.values(LIMITS), ...Object.values(LIMIT_PARAMETERS)].map(({ name, value }) => ({
  name,
  value,
}))

/** Values that schemas tell apart: what they want, and what is nearly that. */
const written = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    '',
    'timer',
    'next-day',
    'loss',
    'equity',
    '17:00',
    '24:00',
    'USD',
    'Europe/Berlin',
  ),
  fc.constantFrom(0, 1, -1, 1.5, 60, 525_600, 525_601, Number.NaN, Number.POSITIVE_INFINITY),
  fc.jsonValue(),
  fc.array(fc.object({ maxDepth: 1 }), { maxLength: 10 }),
  fc.record({ percent: fc.constantFrom(5, '5', null), of: fc.constantFrom('initial', 'x') }, { requiredKeys: [] }),
)

test.each(values)('the schema of $name lets through what the schema library lets through', ({ value }) => {
  const schemas: readonly JsonSchema[] = [value.schema({}), ...(value.parts === undefined ? [] : [value.parts])]
  for (const schema of schemas) {
    fc.assert(
      fc.property(written, (one) => {
        expect(isOf(schema, one)).toBe(Value.Check(Type.Unsafe(schema), one))
      }),
    )
  }
})
