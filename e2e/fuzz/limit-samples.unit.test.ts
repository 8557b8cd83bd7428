import { decodeGlobalLimits, LIMIT_PARAMETERS, LIMITS } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import { LIMIT_SAMPLES } from './limit-samples.ts'

const namesOf = (table: object) => Object.values(table).map(({ name }: { readonly name: string }) => name)

test('the fuzzer begins with samples that are taken, and that name every setting and every parameter of a limit', () => {
  for (const sample of LIMIT_SAMPLES)
    expect(decodeGlobalLimits(new TextEncoder().encode(sample))).toMatchObject({ ok: true })
  const [every = '{}'] = LIMIT_SAMPLES
  const settings = JSON.parse(every) as { readonly limits: { readonly every: object } }
  expect(Object.keys(settings).sort()).toEqual(namesOf(LIMITS).sort())
  expect(Object.keys(settings.limits.every).sort()).toEqual(namesOf(LIMIT_PARAMETERS).sort())
})
